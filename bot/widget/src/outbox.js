// What the shopper said and the server has not taken yet. It outlives a reload of the page and is sent again with
// the same id, so the server can tell a repetition from a second message. One is under way at a time: the order
// is kept, and an error frame without an id can only mean that one.
const MOST_TRIES = 6;

function makeId() {
  // crypto.randomUUID is missing on plain http, where shops are still being built.
  const random = () => crypto.getRandomValues(new Uint8Array(1))[0];
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) => (c ^ (random() & (15 >> (c / 4)))).toString(16));
}

// The last messages that this browser sent: after a rise in level they show that a lost new token was meant for us.
const REMEMBERED = 5;

export function makeOutbox({ visit, lasting }, connection) {
  const kept = visit.get('outbox');
  const entries = Array.isArray(kept) ? kept.filter((entry) => entry && entry.id && entry.text) : [];
  const save = () => visit.set('outbox', entries);
  const next = () => entries.find((entry) => !entry.failed);
  let ready = false;
  let flying = null;
  let pause = 0;

  function send() {
    const entry = ready && !flying && !pause && next();
    if (!entry) return;
    flying = entry;
    entry.tries += 1;
    entry.failed = entry.tries > MOST_TRIES;
    save();
    const { id, button, text } = entry;
    lasting.set('sent', [id, ...(lasting.get('sent') || []).filter((one) => one !== id)].slice(0, REMEMBERED));
    connection.send(button ? { type: 'button', id, button } : { type: 'message', id, text });
    connection.expectAnswer();
  }

  function landed() {
    flying = null;
    connection.answered();
  }

  return {
    entries,
    next,

    // after: the newest row on screen at that moment; only a younger row can be this message.
    add(text, button, after) {
      entries.push({ id: makeId(), author: 'shopper', text, button, after, at: new Date().toISOString(), tries: 0 });
      save();
      send();
    },
    online(now) {
      ready = now;
      flying = null;
      send();
    },
    // Hands the entry over for good; null when it is not ours.
    take(id) {
      const at = entries.findIndex((entry) => entry.id === id);
      const entry = at < 0 ? null : entries.splice(at, 1)[0];
      if (entry === flying) landed();
      save();
      send();
      return entry;
    },
    // The server will not have it: the entry stays, marked, and the next one goes.
    refused(id) {
      const entry = id ? entries.find((one) => one.id === id) : flying;
      if (!entry) return null;
      if (entry === flying) landed();
      entry.failed = true;
      save();
      send();
      return entry;
    },
    // Too fast: everything waits, nothing is lost.
    hold(seconds) {
      const entry = flying;
      if (entry) entry.tries -= 1;
      landed();
      clearTimeout(pause);
      pause = setTimeout(() => { pause = 0; send(); }, seconds * 1000);
      return entry;
    },
    again(entry) {
      entry.failed = false;
      entry.tries = 0;
      send();
    },
  };
}
