// One message on screen: day, name, bubble, card, time. Its parts stay the same nodes for life and change only
// where something is different: a screen reader would read a rebuilt bubble again.
import { el, icon, press, setText } from '../dom.js';
import { languageOf } from '../language.js';
import { linked } from '../links.js';
import { clock, dayName } from '../times.js';
import { makeCard } from './card.js';

// Two messages of one voice within five minutes read as one turn.
function together(one, other) {
  return one && other && one.author === other.author && one.agent === other.agent
    && Math.abs(new Date(one.at) - new Date(other.at)) < 3e5;
}

export function makeRow(item, chat) {
  const { words } = chat;
  const kind = /^(bot|agent|shopper)$/.test(item.author) ? item.author : 'system';
  const day = el('p.day');
  const who = el('p.who', { 'aria-hidden': 'true' });
  const bubble = el('div.bubble', { dir: 'auto' });
  const card = el('div.wide');
  const foot = el('p.foot', { 'aria-live': 'off' });
  const node = el('div', day, who, bubble, card, foot);
  const shown = {};

  // Runs draw when the value is another than last time.
  function when(draw, value) {
    if (shown[draw.name] === value) return;
    shown[draw.name] = value;
    draw(value);
  }

  function drawText(text) {
    const name = (kind === 'agent' && item.agent) || words.t(kind);
    bubble.lang = item.language || languageOf(text) || (kind === 'bot' ? 'en' : '');
    bubble.replaceChildren(el('span.sr', name + ': '), ...linked(text));
    bubble.hidden = !text;
    setText(who, kind === 'agent' ? name : '');
  }

  function drawCard() {
    card.replaceChildren(item.card ? makeCard(item.card, words) : '');
  }

  function drawFoot() {
    const state = stateOf();
    foot.replaceChildren(el('time', { datetime: item.at }, clock(item.at)));
    if (kind !== 'shopper') return;
    foot.append(el(state === 'sent' ? 'span.sr' : 'span', words.t(state)));
    if (state === 'sent') foot.append(icon('tick'));
    if (state === 'failed') foot.append(press('', () => chat.again(item), words.t('retry')));
  }

  function drawLook(look) {
    node.className = look;
  }

  const stateOf = () => (item.seq ? 'sent' : item.failed ? 'failed' : 'sending');

  return {
    node,
    update(before, after) {
      const today = dayName(item.at, words);
      const newDay = !before || dayName(before.at, words) !== today;
      setText(day, newDay ? today : '');
      when(drawText, String(item.text ?? ''));
      when(drawCard, words.language);
      when(drawFoot, item.at + stateOf() + words.language);
      when(drawLook, ['row', kind, stateOf(),
        newDay || !together(before, item) ? 'first' : '', together(item, after) ? '' : 'last'].join(' '));
    },
  };
}
