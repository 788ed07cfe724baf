// What an agent should know before the first word: why somebody waits, and who it is as far as that is shown.
import { el, makeDrawn, press } from './desk-dom.js';
import { REASONS, t } from './desk-words.js';

export function makeSide(state) {
  const packet = el('section');
  const customer = el('section');
  const node = el('details.side', { tabindex: '0', 'aria-label': t('details') }, el('summary', t('details')), packet, customer); // it scrolls, by keyboard too
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
      ...then(about),
    ] : []));
  });

  const drawCustomer = makeDrawn(({ card, mayReveal }) => {
    customer.replaceChildren(...(card ? [
      el('h2', card.name ?? t('customer')),
      el('p', el('span.tag', t('level_' + card.level))),
      card.points && el('p.points', el('strong', card.points)),
      ...orders(card),
      card.hidden && hidden(mayReveal && state),
    ].filter(Boolean) : []));
  });

  return {
    node,
    render() {
      const { talk } = state;
      node.hidden = !talk;
      const closed = talk?.packet && talk.card?.points == null && { points: null, orders: seen(talk.packet, talk.card) };
      drawPacket(talk?.packet && { ...talk.packet, ...closed, language: talk.language });
      drawCustomer({ card: talk?.card, mayReveal: talk?.may.reveal });
    },
  };
}

// Where the card shows less than when the conversation was opened, so does this.
const seen = (packet, card) => packet.orders.filter((order) => card?.orders.some((one) => one.number === order.number));

function quotes(name, texts, language) {
  if (!texts.length) return [];
  return [el('h3', t(name)), el('ul.quotes', { class: 'quotes ' + name }, ...texts.map((text) => el('li', { lang: language, dir: 'auto' }, text)))];
}

// How it stood when they asked, beside how it stands now.
function then({ orders: list, points }) {
  if (!list.length && !points) return [];
  return [el('h3', t('then')), points && el('p', points),
    list.length > 0 && el('ul.orders.then', ...list.map((order) => el('li', el('p', el('strong', order.number), el('span', order.status)))))].filter(Boolean);
}

function orders({ orders: list, name }) {
  if (!list.length) return name ? [el('p.dim', t('no_orders'))] : [];
  return [el('h3', t('orders')), el('ul.orders', ...list.map((order) => el('li',
    el('p', el('strong', order.number), el('span', order.status)),
    el('p.dim', [order.placed, order.total].filter(Boolean).join(' · ')),
    order.address && el('p.dim', order.address))))];
}

// Only who has the conversation, leads and owners may look behind it.
function hidden(state) {
  if (!state) return el('p.hidden-part', t('hidden'));
  const why = el('select', { id: 'why' }, ...REASONS.map((reason) => el('option', { value: reason }, t(reason))));
  return el('div.hidden-part', el('p', t('hidden')), el('label', { for: 'why' }, t('reveal_why')), why,
    press('', () => state.act('reveal', { reason: why.value }), t('reveal')),
    el('p.hint', t('reveal_note')));
}
