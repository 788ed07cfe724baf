// One socket that comes back by itself: 0.5 to 15 seconds between attempts, with jitter.
const PATIENCE = 10000;

export function makeConnection(url, on) {
  let socket = null;
  let attempt = 0;
  let retry = 0;
  let watch = 0;

  function connect() {
    clearTimeout(retry);
    if (socket) return;
    try {
      const mine = new WebSocket(url);
      socket = mine;
      mine.onopen = () => mine === socket && on.open();
      mine.onmessage = (event) => mine === socket && on.frame(JSON.parse(event.data));
      mine.onclose = () => mine === socket && drop();
      expectAnswer();
    } catch {
      later();
    }
  }

  // A dead network may never say "closed": the socket is let go at once.
  function drop() {
    clearTimeout(watch);
    const old = socket;
    socket = null;
    if (old) old.close();
    on.lost();
    later();
  }

  function later() {
    clearTimeout(retry);
    const most = Math.min(15000, 1000 * 2 ** attempt++);
    retry = setTimeout(connect, most / 2 + Math.random() * most / 2);
  }

  function expectAnswer() {
    clearTimeout(watch);
    watch = setTimeout(drop, PATIENCE);
  }

  return {
    connect,
    drop,
    expectAnswer,
    answered: () => clearTimeout(watch),
    welcomed: () => { attempt = 0; },
    send: (frame) => socket && socket.readyState === 1 && socket.send(JSON.stringify(frame)),

    // The network or the tab is back: no more waiting. changed: the old socket leads nowhere.
    hurry(changed) {
      attempt = 0;
      if (socket && changed) drop();
      connect();
    },
  };
}
