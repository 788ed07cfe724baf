// Answers on their way: each is kept, also over a reload, until the server has it, and is sent again with the same id.
// They are their writer's: what somebody else has left in this tab is forgotten; signing out forgets it too (sign-out.js).
const KEY = 'barev-desk-outbox ';

export function makeOutbox(send, member) {
  const key = KEY + member;
  let entries = [];
  try {
    Object.keys(sessionStorage).filter((one) => one.startsWith(KEY) && one !== key).forEach((one) => sessionStorage.removeItem(one));
    entries = JSON.parse(sessionStorage.getItem(key)) ?? [];
  } catch {
    // no storage: what is on its way lasts as long as the page
  }

  function keep() {
    try {
      sessionStorage.setItem(key, JSON.stringify(entries));
    } catch {
      // as above
    }
  }

  const hand = ({ id, conversation, text }) => send({ type: 'message', id, conversation, text });

  return {
    of: (conversation) => entries.filter((entry) => entry.conversation === conversation),
    add(conversation, text) {
      const entry = { id: crypto.randomUUID?.() ?? randomId(), conversation, text, at: new Date().toISOString() };
      entries.push(entry);
      keep();
      hand(entry);
    },
    again: () => entries.forEach(hand),
    // Taken by the server, or refused for good: the entry.
    take(id) {
      const entry = entries.find((one) => one.id === id);
      entries = entries.filter((one) => one !== entry);
      keep();
      return entry;
    },
  };
}

// crypto.randomUUID is missing where the page has no https.
function randomId() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
