// What each frame of the server does to the chat. Unknown frames are for newer widgets: ignored.
const PAGE = 50;

const FRAMES = {
  welcome(chat, frame) {
    const { state, store, lasting, connection } = chat;
    const talk = frame.conversation || {};
    const last = frame.last_seq || 0;
    FRAMES.token(chat, frame);
    connection.answered();
    connection.welcomed();
    if (last < store.highest()) {
      // Not the conversation on screen (the server begins anew): ask again from its start.
      store.clear();
      if (last) return connection.hurry(true);
    } else if (last - store.highest() > PAGE) {
      // More was missed than is sent at once; "history" brings the rest without a hole.
      store.clear();
    }
    if (state.seen > last) lasting.set('seen', state.seen = last);
    clearTimeout(state.lateTimer);
    Object.assign(state, { ready: true, late: false, lateTimer: 0, asked: 0, answered: talk.answered_seq ?? last });
    // What was chosen while away is told now; otherwise the conversation's language leads, once there is one.
    FRAMES.status(chat, { ...talk, language: !state.languageUnsent && last && talk.language });
    if (state.languageUnsent) state.languageUnsent = !chat.sendLanguage();
    chat.outbox.online(true);
  },

  token(chat, frame) {
    if (frame.token) chat.lasting.set('token', frame.token);
  },

  ack(chat, frame) {
    const entry = chat.outbox.take(frame.id);
    if (entry) chat.store.adopt(entry, frame.seq);
  },

  history(chat, frame) {
    frame.messages.forEach((row) => FRAMES.message(chat, row));
  },

  message(chat, frame) {
    if (!(frame.seq > 0)) return;
    chat.store.put(frame);
    if (frame.author !== 'agent') return;
    chat.state.agentTypes = 0;
    chat.state.agent = frame.agent || chat.state.agent;
  },

  turn_end(chat, frame) {
    chat.state.answered = Math.max(chat.state.answered, frame.in_reply_to || 0);
  },

  status(chat, frame) {
    const { state } = chat;
    const status = frame.status || 'bot';
    const agent = frame.agent || (status === 'agent' ? state.agent : '');
    Object.assign(state, { status, agent, queue: frame.queue, promised: frame.promised_at });
    if (frame.language) FRAMES.language(chat, frame);
  },

  language({ words, lasting }, frame) {
    words.use(frame.language);
    lasting.set('language', words.language);
  },

  typing({ state, on }) {
    clearTimeout(state.agentTypes);
    state.agentTypes = setTimeout(() => { state.agentTypes = 0; on.changed(); }, 6000);
  },

  error(chat, frame) {
    const { state, outbox } = chat;
    if (frame.code === 'unauthorized') {
      // A customer's short-lived JWT is the first suspect; the visitor's own token only without one, and only while
      // no other tab has got a newer one.
      if (state.customer) state.customer = null;
      else if (chat.lasting.get('token') === state.token) chat.lasting.set('token', null);
      return chat.connection.drop();
    }
    const entry = frame.code === 'slow_down' ? outbox.hold(frame.retry_after || 3) : outbox.refused(frame.id);
    // What the shopper did not do (a "read", a "typing") needs no word to him.
    if (entry) chat.notify(frame.text);
    // A button cannot be pressed again later; a text too long goes back to where it can be shortened.
    if (entry?.failed && (entry.button || (frame.code === 'too_long' && chat.on.giveBack(entry.text)))) outbox.take(entry.id);
  },
};

export function takeFrame(chat, frame) {
  if (!Object.hasOwn(FRAMES, frame.type)) return;
  FRAMES[frame.type](chat, frame);
  chat.look();
  chat.on.changed();
}
