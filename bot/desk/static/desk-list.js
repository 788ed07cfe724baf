// Who waits, whom I have, and for leads and owners whom colleagues have. A row stays the same node while it is in the list, so that the keyboard's place is kept.
import { el, makeDrawn, setText } from './desk-dom.js';
import { age, LANGUAGES, minutesSince, t } from './desk-words.js';

const LATE = 5;

export function makeList(state, open) {
  const parts = [
    makePart('mine', (row) => row.state === 'taken' && !row.by, 'none_mine', open),
    makePart('waiting', (row) => row.state === 'waiting', 'nobody_waits', open),
    makePart('colleagues', (row) => row.by, null, open),
  ];
  const node = el('nav.list', { 'aria-label': t('list') }, ...parts.map((part) => part.node));
  return {
    node,
    render() {
      parts.forEach((part) => part.render(state.rows, state.wanted));
    },
  };
}

function makePart(name, wanted, none, open) {
  const count = el('span.tag');
  const rows = el('ul');
  const empty = el('p.dim', none ? t(none) : '');
  const known = new Map();
  const node = el('section', { class: name }, el('h2', t(name), ' ', count), rows, empty);

  return {
    node,
    render(all, current) {
      const mine = (all ?? []).filter(wanted);
      setText(count, mine.length ? String(mine.length) : '');
      empty.hidden = !all || mine.length > 0;
      node.hidden = !none && !mine.length;
      for (const [id, row] of known) {
        if (mine.some((one) => one.conversation === id)) continue;
        row.node.remove();
        known.delete(id);
      }
      mine.forEach((one, at) => {
        if (!known.has(one.conversation)) known.set(one.conversation, makeRow(one.conversation, open));
        const row = known.get(one.conversation);
        if (rows.children[at] !== row.node) rows.insertBefore(row.node, rows.children[at] ?? null);
        row.update(one, one.conversation === current);
      });
    },
  };
}

function makeRow(id, open) {
  const words = el('span.words');
  const unread = el('span.unread');
  const since = el('span.age');
  const about = el('span.about');
  const button = el('button.row', { type: 'button', click: () => open(id) }, words, unread, about, since);
  const draw = makeDrawn(({ row, current }) => {
    words.lang = row.language;
    setText(words, row.words);
    unread.hidden = !row.unread;
    unread.replaceChildren(el('span', { 'aria-hidden': 'true' }, row.unread), el('span.sr', t('unread', { n: row.unread })));
    about.replaceChildren(
      el('span', { class: 'why ' + row.reason }, t(row.reason)),
      el('span', { lang: row.language }, LANGUAGES[row.language]),
      el('span', t(row.channel)),
      ...(row.by ? [el('span', row.by)] : []),
    );
    if (current) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  });
  return {
    node: el('li', button),
    update(row, current) {
      draw({ row: { ...row, asked_at: '' }, current });
      setText(since, age(row.asked_at));
      since.classList.toggle('late', row.state === 'waiting' && minutesSince(row.asked_at) >= LATE);
    },
  };
}
