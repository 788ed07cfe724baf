// The open chat: puts the parts together and draws them.
import { el, icon, press } from '../dom.js';
import { makeDots, makeReplies } from './below.js';
import { makeComposer } from './composer.js';
import { makeLines } from './lines.js';
import { makeLog } from './log.js';
import { makeMenu } from './menu.js';

export function makePanel(chat, place, visit, close) {
  const { words, state } = chat;
  const log = makeLog(chat);
  const composer = makeComposer(chat, visit);
  const lines = makeLines(chat);
  const menu = makeMenu(chat);
  const below = [makeReplies(chat), makeDots(chat)];
  const parts = [lines, menu, ...below, log];
  const title = el('h2', { id: 'title' }, place.title);
  if (!place.title) words.bind(title, 'title');
  log.scroll.append(...below.map((part) => part.node));

  const node = el('section.panel', { role: 'dialog', 'aria-labelledby': 'title', keydown: pressed },
    el('div.head',
      el('div.mark', icon('chat')),
      el('div.names', title, words.bind(el('p'), 'subtitle')),
      menu.node,
      words.bind(press('.tool', close, icon('close')), 'close', 'aria-label')),
    ...lines.above,
    el('div.middle', log.scroll, log.fresh),
    lines.notice,
    composer.node);

  function pressed(event) {
    if (event.key === 'Escape' && !event.isComposing) close();
  }

  return {
    node,
    composer,
    scroll: log.scroll,
    toEnd: log.toEnd,
    render() {
      const items = chat.items();
      node.hidden = !state.open;
      node.lang = words.language;
      parts.forEach((part) => part.render(items));
    },
  };
}
