// The desk: the list beside the conversation; on a phone one of the two. Which one is open stands behind # in the address,
// so that reloading and going back work.
import { makeConnection } from './desk-connection.js';
import { el, setText } from './desk-dom.js';
import { makeList } from './desk-list.js';
import { makeSide } from './desk-side.js';
import { makeState } from './desk-state.js';
import { makeTalk } from './desk-talk.js';
import { t } from './desk-words.js';

const desk = document.getElementById('desk');
const title = document.title;
const connection = makeConnection({
  open: () => state.went(true),
  frame: (frame) => state.take(frame),
  lost: () => state.went(false),
});
const state = makeState(connection, render, desk.dataset.member);
const list = makeList(state, (conversation) => { location.hash = conversation; });
const talk = makeTalk(state, leave);
const side = makeSide(state);
const notice = el('p.note', { role: 'alert' });
const offline = el('p.offline', { role: 'status' });
const nothing = el('p.nothing.dim', t('choose'));
let drawn = '';

function leave() {
  location.hash = '';
}

function follow() {
  state.open(location.hash.slice(1));
}

function render() {
  if (drawn !== state.wanted) {
    const was = drawn;
    drawn = state.wanted;
    talk.opened();
    if (!drawn && was) list.node.querySelector('button')?.focus();
  }
  if (!state.wanted && location.hash.length > 1) history.replaceState(null, '', location.pathname);
  desk.classList.toggle('opened', Boolean(state.wanted));
  talk.node.hidden = side.node.hidden = !state.wanted;
  nothing.hidden = Boolean(state.wanted);
  setText(offline, state.online ? '' : t('connecting'));
  setText(notice, state.notice);
  [list, talk.box, talk, side].forEach((part) => part.render());
  const unread = (state.rows ?? []).filter((row) => row.unread && !row.by).length;
  document.title = (unread ? '(' + unread + ') ' : '') + title;
}

desk.append(offline, notice, list.node, nothing, talk.node, side.node);
addEventListener('hashchange', follow);
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing && state.wanted) leave();
});
document.addEventListener('visibilitychange', render);
setInterval(render, 20000); // ages go on
follow();
render();
connection.connect();
