// The conversation on screen: who has it, what was said, and the box for the answer.
import { makeBox } from './desk-box.js';
import { el, makeDrawn, press, setText } from './desk-dom.js';
import { makeLine } from './desk-line.js';
import { dayName, LANGUAGES, t } from './desk-words.js';

export function makeTalk(state, leave) {
  const status = el('p.status', { role: 'status' });
  const language = el('span.tag');
  const actions = el('div.actions');
  const older = press('.older', () => state.older(), t('older'));
  const log = el('div.log', { role: 'log', 'aria-live': 'polite', 'aria-label': t('transcript') });
  const typing = el('p.typing', { role: 'status' });
  const scroll = el('div.scroll', { tabindex: '0', 'aria-label': t('transcript'), role: 'group', scroll: scrolled }, older, log, typing);
  const box = makeBox(state);
  const head = el('header.talk-head', press('.plain.back', leave, el('span', { 'aria-hidden': 'true' }, '‹'), el('span.sr', t('back'))), status, language, actions);
  const node = el('section.talk', head, scroll, box.node);
  const shown = new Map();
  let atEnd = true;
  let reading = 0;

  function scrolled() {
    atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  }

  const drawActions = makeDrawn(({ mine, waits, givesBack }) => {
    const had = actions.contains(document.activeElement);
    actions.replaceChildren(
      ...(waits ? [press('.main.take', () => state.act('take'), t('take'))] : []),
      ...(givesBack ? [press('.give-back', () => state.act('give_back'), t('give_back'))] : []),
      ...(mine ? [press('.main', () => state.act('resolve'), t('resolve'))] : []),
    );
    if (had && mine) box.focus();
  });

  function statusText(talk) {
    if (talk.mine) return t('state_mine');
    if (talk.state === 'taken') return t('state_by', { name: talk.by });
    return t('state_' + talk.state);
  }

  // A line stays the node it is; only a line that changed (an answer that arrived) is drawn anew.
  function place(lines) {
    const wanted = new Set();
    let day = '';
    let cursor = log.firstChild;
    const put = (key, value, make) => {
      wanted.add(key);
      const text = JSON.stringify(value);
      if (shown.get(key)?.text !== text) {
        shown.get(key)?.node.remove();
        shown.set(key, { text, node: make(value) });
      }
      const { node: one } = shown.get(key);
      if (one === cursor) cursor = cursor.nextSibling;
      else log.insertBefore(one, cursor);
    };
    for (const line of lines) {
      const today = dayName(line.at);
      if (today !== day) put('day ' + today, today, (name) => el('p.day', name));
      day = today;
      put(line.seq ?? line.id, line, makeLine);
    }
    for (const [key, { node: one }] of shown) {
      if (wanted.has(key)) continue;
      one.remove();
      shown.delete(key);
    }
  }

  // Who has it has read what is on screen.
  function read(lines) {
    const seq = lines.at(-1)?.seq ?? 0;
    if (!state.talk.mine || document.hidden || seq <= reading) return;
    reading = seq;
    state.act('read', { seq });
  }

  return {
    node,
    box,
    opened() {
      shown.clear();
      log.replaceChildren();
      atEnd = true;
      reading = 0;
      box.opened();
    },
    render() {
      const { talk } = state;
      node.classList.toggle('loading', !talk);
      box.node.hidden = !talk?.mine;
      if (!talk) return;
      setText(status, statusText(talk));
      setText(language, LANGUAGES[talk.language]);
      drawActions({ mine: talk.mine, waits: talk.state === 'waiting', givesBack: talk.may.give_back });
      const lines = state.lines();
      older.hidden = !lines.length || lines[0].seq <= 1 || talk.state === 'over';
      const fromEnd = scroll.scrollHeight - scroll.scrollTop;
      const first = log.querySelector('.line');
      place([...lines, ...state.outbox.of(talk.conversation).map((entry) => ({ ...entry, author: 'agent', language: talk.language }))]);
      setText(typing, state.typing ? t('typing') : '');
      if (atEnd) scroll.scrollTop = scroll.scrollHeight;
      else if (first && log.querySelector('.line') !== first) scroll.scrollTop = scroll.scrollHeight - fromEnd;
      read(lines);
    },
  };
}
