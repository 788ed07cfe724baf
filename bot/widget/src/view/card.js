// Cards beside a message: facts laid out for the eye. The server words the values, the widget only the labels.
import { el, icon } from '../dom.js';
import { link } from '../links.js';

// A card of a kind this widget does not know, or of a wrong shape, is left out: its message says it in words too.
export function makeCard(card, words) {
  try {
    return Object.hasOwn(CARDS, card.kind) ? CARDS[card.kind](card, words.t) || '' : '';
  } catch {
    return '';
  }
}

const CARDS = {
  order: (card, t) => el('section.card', { 'aria-label': t('order') + ' ' + card.number },
    el('div.top', el('span', t('order') + ' ', el('b', card.number)),
      card.status_text && el('span.pill' + tone(card.status), card.status_text)),
    // steps: [{text, done, current}] in the order they happen
    card.steps && el('ol', ...card.steps.map((step) => el('li' + (step.done ? '.done' : ''),
      step.current && { 'aria-current': 'step' }, el('i', step.done && icon('tick')), step.text))),
    el('dl', ...['placed', 'promised', 'delivered'].flatMap((fact) => (
      card[fact + '_text'] ? [el('dt', t(fact)), el('dd', card[fact + '_text'])] : []))),
    card.lines && el('ul', ...card.lines.map((line) => el('li',
      el('span', line.title, line.quantity > 1 && '\u00a0×\u00a0' + line.quantity), el('span', line.price_text)))),
    card.total_text && el('p', el('span', t('total')), el('b', card.total_text)),
    link(card.tracking_url, t('track'), true)),

  // expiring: [{points_text, date_text}], the soonest first
  points: (card, t) => el('section.card', { 'aria-label': t('points') },
    el('div.top', t('points'), el('b.sum', card.available_text)),
    el('dl', ...['worth', 'pending'].flatMap((fact) => (
      card[fact + '_text'] ? [el('dt', t(fact)), el('dd', card[fact + '_text'])] : []))),
    card.expiring?.length && el('ul', ...card.expiring.map((end) => el('li',
      el('span', t('until', end.date_text)), el('span', end.points_text))))),

  // The question has no score yet: its stars stand below it, to be pressed.
  rating: (card, t) => card.score && el('section.card', { 'aria-label': t('rating') },
    el('div.top', el('span', card.number ? t('order') + ' ' + card.number : t('rating')),
      el('span.stars', { role: 'img', 'aria-label': card.score + ' / ' + card.max },
        ...Array.from({ length: card.max }, (_, at) => el('i' + (at < card.score ? '.on' : ''), icon('star')))))),
};

function tone(status) {
  if (/^deliver|^picked/.test(status)) return '.good';
  return /cancel|fail|lost/.test(status) ? '.bad' : '';
}
