// What an agent should know before the first word: why somebody waits, and who it is as far as that is shown.
import { el, makeDrawn, press } from './desk-dom.js';
import { REASONS, t } from './desk-words.js';

export function makeSide(state) {
  const packet = el('section');
  const customer = el('section');
  const node = el('details.side', el('summary', t('details')), packet, customer);
  const beside = matchMedia('(min-width: 1161px)');
  const unfold = () => { node.open = beside.matches; };
  beside.addEventListener('change', unfold);
  unfold();

  const drawPacket = makeDrawn((about) => {
    packet.replaceChildren(...(about ? [
      el('h2', t('packet')),
      el('p', el('span', { class: 'why ' + about.reason }, t(about.reason))),
      ...quotes('asked', about.words, about.language),
      ...quotes('tried', about.tried),
    ] : []));
  });

  const drawCustomer = makeDrawn((card) => {
    customer.replaceChildren(...(card ? [
      el('h2', card.name ?? t('customer')),
      el('p', el('span.tag', t('level_' + card.level))),
      card.points && el('p.points', el('strong', card.points)),
      ...orders(card),
      card.hidden && reveal(state),
    ].filter(Boolean) : []));
  });

  return {
    node,
    render() {
      const { talk } = state;
      node.hidden = !talk;
      drawPacket(talk?.packet && { ...talk.packet, language: talk.language });
      drawCustomer(talk?.card);
    },
  };
}

function quotes(name, texts, language) {
  if (!texts.length) return [];
  return [el('h3', t(name)), el('ul.quotes', { class: 'quotes ' + name }, ...texts.map((text) => el('li', { lang: language, dir: 'auto' }, text)))];
}

function orders({ orders: list, name }) {
  if (!list.length) return name ? [el('p.dim', t('no_orders'))] : [];
  return [el('h3', t('orders')), el('ul.orders', ...list.map((order) => el('li',
    el('p', el('strong', order.number), el('span', order.status)),
    el('p.dim', [order.placed, order.total].filter(Boolean).join(' · ')),
    order.address && el('p.dim', order.address))))];
}

function reveal(state) {
  const why = el('select', { id: 'why' }, ...REASONS.map((reason) => el('option', { value: reason }, t(reason))));
  return el('div.hidden-part', el('p', t('hidden')), el('label', { for: 'why' }, t('reveal_why')), why,
    press('', () => state.act('reveal', { reason: why.value }), t('reveal')),
    el('p.hint', t('reveal_note')));
}
