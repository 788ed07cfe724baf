// The conversation without its looks: what the shopper does, and what must be known to show it.
// on.changed() after every change; on.said(button) after a message of the shopper, typed or pressed;
// on.giveBack(text) puts a refused text into the box, false when the box is in use.
import { makeConnection } from './connection.js';
import { takeFrame } from './frames.js';
import { pickLanguage } from './language.js';
import { makeOutbox } from './outbox.js';
import { makeStore } from './store.js';

export function makeChat(place, memory, words, on) {
  const { lasting } = memory;
  const store = makeStore();
  const state = {
    open: false, ready: false, late: false, status: 'bot', agent: '', queue: 0, promised: '', answered: 0,
    agentTypes: 0, notice: '', seen: lasting.get('seen') || 0, asked: 0, lateTimer: 0, customer: null, token: null, languageUnsent: false,
  };
  let wanted = false;
  let noticeTimer = 0;
  let readTimer = 0;
  let typedAt = 0;

  const connection = makeConnection(place.socket, {
    open() {
      state.token = lasting.get('token');
      const { token, customer } = state;
      const sent = lasting.get('sent') || [];
      connection.send({ type: 'hello', token, customer, sent, last_seq: store.highest(), language: place.hint || null });
    },
    frame: (frame) => takeFrame(chat, frame),
    lost() {
      state.ready = false;
      state.agentTypes = 0;
      outbox.online(false);
      soonLate();
      on.changed();
    },
  });
  const outbox = makeOutbox(memory, connection);

  // A short break is nobody's business: the banner comes after two seconds.
  function soonLate() {
    state.lateTimer ||= setTimeout(() => { state.late = !state.ready; on.changed(); }, 2000);
  }

  const chat = {
    store, outbox, state, connection, words, lasting, on,

    connect() {
      if (!wanted) soonLate();
      wanted = true;
      connection.connect();
    },
    // The network or the tab came back. Who never opened the chat stays unconnected.
    wake(changed) {
      if (wanted) connection.hurry(changed);
    },
    say(text, button) {
      state.notice = '';
      outbox.add(text, button, store.highest());
      chat.connect();
      on.said(button);
      on.changed();
    },
    again(entry) {
      outbox.again(entry);
      on.changed();
    },
    setLanguage(language) {
      if (!pickLanguage(language)) return;
      words.use(language);
      place.hint = words.language;
      lasting.set('language', words.language);
      state.languageUnsent = !chat.sendLanguage();
      on.changed();
    },
    sendLanguage: () => state.ready && connection.send({ type: 'language', language: words.language }),
    // Before the socket is open the next "hello" carries it.
    identify(customer) {
      state.customer = customer || null;
      if (customer) connection.send({ type: 'identify', customer });
    },
    older() {
      const before = store.lowest();
      if (!state.ready || before < 2 || state.asked === before) return;
      state.asked = before;
      connection.send({ type: 'history', before });
    },
    // Only a person is interested in seeing the shopper type.
    typing() {
      if (state.status === 'bot' || Date.now() - typedAt < 3000) return;
      typedAt = Date.now();
      connection.send({ type: 'typing' });
    },
    notify(text) {
      state.notice = text;
      clearTimeout(noticeTimer);
      noticeTimer = setTimeout(() => { state.notice = ''; on.changed(); }, 8000);
    },
    // Looked at: the panel is open and the tab in front.
    look() {
      if (!state.open || document.hidden || state.seen >= store.highest()) return;
      state.seen = store.highest();
      lasting.set('seen', state.seen);
      clearTimeout(readTimer);
      readTimer = setTimeout(() => connection.send({ type: 'read', seq: state.seen }), 300);
    },
    unread: () => store.rows().filter((row) => row.seq > state.seen && /bot|agent/.test(row.author)).length,
    thinking() {
      const asked = store.rows().some((row) => row.author === 'shopper' && row.seq > state.answered);
      const empty = !state.ready && !state.late && !store.rows().length;
      return state.agentTypes || empty || (state.ready && state.status === 'bot' && asked);
    },
    // Rows, then what is still on its way. A message whose ack was lost may already be a row: it is shown once.
    items() {
      const head = outbox.next();
      const arrived = head && head.tries > 0 && store.rows().some((row) => (
        row.author === 'shopper' && !row.id && row.seq > head.after && row.text === head.text));
      return [...store.rows(), ...outbox.entries.filter((entry) => !arrived || entry !== head)];
    },
  };
  return chat;
}
