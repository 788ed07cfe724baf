// The list of messages, kept at its end while the shopper reads there, and in place while older ones come in above.
import { el, press } from '../dom.js';
import { makeRow } from './row.js';

export function makeLog(chat) {
  const { words } = chat;
  const rows = new WeakMap();
  const list = words.bind(el('div', { role: 'log', 'aria-live': 'polite' }), 'log', 'aria-label');
  const scroll = el('div.scroll', { tabindex: '0', scroll: scrolled }, list);
  const fresh = words.bind(press('.fresh', toEnd), 'fresh');
  let atEnd = true;
  let top;
  let end;

  function scrolled() {
    atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
    if (atEnd) fresh.hidden = true;
    // Who is at the end does not look for what was before, also while the first lines come in and fill the panel.
    if (!atEnd && scroll.scrollTop < 80 && scroll.clientHeight) chat.older();
  }

  function toEnd() {
    atEnd = fresh.hidden = true;
    scroll.scrollTop = scroll.scrollHeight;
  }

  function place(items) {
    let cursor = list.firstChild;
    items.forEach((item, at) => {
      if (!rows.has(item)) rows.set(item, makeRow(item, chat));
      const row = rows.get(item);
      row.update(items[at - 1], items[at + 1]);
      if (row.node === cursor) cursor = cursor.nextSibling;
      else list.insertBefore(row.node, cursor);
    });
    while (list.children.length > items.length) list.lastChild.remove();
  }

  fresh.hidden = true;
  new ResizeObserver(() => atEnd && toEnd()).observe(scroll);

  return {
    scroll,
    fresh,
    toEnd,
    render(items) {
      const newest = items[items.length - 1];
      const fromEnd = scroll.scrollHeight - scroll.scrollTop;
      const grewAbove = top && items[0] !== top;
      const grewBelow = newest && newest !== end;
      place(items);
      if (atEnd || (grewBelow && newest.tries >= 0 && !newest.seq)) toEnd();
      else if (grewAbove) scroll.scrollTop = scroll.scrollHeight - fromEnd;
      else if (grewBelow) fresh.hidden = false;
      [top, end] = [items[0], newest];
    },
  };
}
