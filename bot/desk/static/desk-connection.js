// One socket that comes back by itself: 0.5 to 15 seconds between attempts, with jitter. Signed out, the page is loaded
// again, and the server shows the sign-in.
const SIGNED_OUT = 4401;

export function makeConnection(on) {
  const url = location.origin.replace(/^http/, 'ws') + '/desk/v1/ws';
  let socket = null;
  let attempt = 0;
  let retry = 0;

  function connect() {
    clearTimeout(retry);
    if (socket) return;
    const mine = new WebSocket(url);
    socket = mine;
    mine.onopen = () => {
      attempt = 0;
      on.open();
    };
    mine.onmessage = (event) => mine === socket && on.frame(JSON.parse(event.data));
    mine.onclose = (event) => mine === socket && lost(event.code);
  }

  async function lost(code) {
    socket = null;
    on.lost();
    if (code === SIGNED_OUT || !(await isSignedIn())) return location.reload();
    const most = Math.min(15000, 1000 * 2 ** attempt++);
    retry = setTimeout(connect, most / 2 + Math.random() * most / 2);
  }

  // A socket that is refused does not say why; a request does.
  async function isSignedIn() {
    try {
      return (await fetch('/desk', { method: 'HEAD', redirect: 'manual', headers: { Accept: '*/*' } })).status !== 401;
    } catch {
      return true; // the server is away: nobody was signed out by that
    }
  }

  addEventListener('online', () => {
    attempt = 0;
    connect();
  });

  return {
    connect,
    send(frame) {
      if (socket?.readyState !== 1) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
  };
}
