// What the desk knows: the list, and the conversation on screen. Each frame of the server changes it here.
import { makeOutbox } from './desk-outbox.js';
import { t } from './desk-words.js';

const TYPING = 5000;

export function makeState(connection, changed, member) {
  const outbox = makeOutbox((frame) => connection.send(frame), member);
  const state = {
    online: false, rows: null, talk: null, wanted: '', notice: '', typing: 0, drafts: {}, outbox,

    // Look at a conversation; '' for none.
    open(conversation) {
      if (state.wanted === conversation) return;
      state.wanted = conversation;
      state.talk = null;
      state.typing = 0;
      ask();
      changed();
    },
    act: (type, more) => connection.send({ type, conversation: state.wanted, ...more }),
    answer(text) {
      outbox.add(state.wanted, text);
      changed();
    },
    older: () => state.act('history', { before: lines()[0].seq }),
    lines,
    note(text) {
      state.notice = text;
      clearTimeout(state.noticeTimer);
      state.noticeTimer = setTimeout(() => { state.notice = ''; changed(); }, 8000);
      changed();
    },
    went(online) {
      state.online = online;
      if (online) {
        ask();
        outbox.again();
      }
      changed();
    },
    take(frame) {
      if (!Object.hasOwn(FRAMES, frame.type)) return;
      if (frame.conversation && frame.conversation !== state.wanted && frame.type !== 'error') return;
      FRAMES[frame.type](frame);
      changed();
    },
  };

  function lines() {
    return state.talk ? [...state.talk.lines.values()].sort((one, other) => one.seq - other.seq) : [];
  }

  // After a reconnect only what is new comes.
  function ask() {
    if (!state.wanted) return connection.send({ type: 'close' });
    connection.send({ type: 'open', conversation: state.wanted, last_seq: lines().at(-1)?.seq ?? 0 });
  }

  const put = (line) => state.talk?.lines.set(line.seq, line);

  const FRAMES = {
    list({ rows }) {
      state.rows = rows;
    },
    conversation({ messages, fresh, ...talk }) {
      talk.lines = fresh || !state.talk ? new Map() : state.talk.lines;
      state.talk = talk;
      messages.forEach(put);
    },
    state(frame) {
      if (state.talk) Object.assign(state.talk, frame);
    },
    message(frame) {
      if (frame.author === 'shopper') state.typing = 0;
      put(frame);
    },
    history: ({ messages }) => messages.forEach(put),
    card({ card }) {
      if (state.talk) state.talk.card = card;
    },
    typing() {
      clearTimeout(state.typing);
      state.typing = setTimeout(() => { state.typing = 0; changed(); }, TYPING);
    },
    ack: ({ id }) => outbox.take(id),
    error(frame) {
      const refused = frame.id && outbox.take(frame.id);
      if (refused) { // nothing that was written is lost
        const drafts = state.drafts;
        drafts[refused.conversation] = [drafts[refused.conversation], refused.text].filter(Boolean).join('\n');
      }
      if (frame.code === 'not_found' && !state.talk && frame.conversation === state.wanted) state.wanted = '';
      const known = ['already_taken', 'not_yours', 'not_found', 'too_long'].includes(frame.code);
      state.note(t(known ? frame.code : 'failed', { name: frame.by }));
    },
  };
  return state;
}
