// What stands under the last message: the assistant's suggested answers, or the three dots.
import { el, icon, press } from '../dom.js';

export function makeReplies(chat) {
  const node = chat.words.bind(el('div.replies', { role: 'group' }), 'replies', 'aria-label');
  let shown = null;
  return {
    node,
    // Buttons belong to the newest message of the assistant, and only until the talk goes on.
    // What could not be sent did not move it on.
    render(items) {
      const newest = items.filter((item) => item.author !== 'system' && (item.seq || !item.failed)).pop();
      if (newest === shown) return;
      shown = newest;
      const buttons = (newest?.author === 'bot' && newest.buttons) || [];
      // A question for a rating: the nth button stands for n stars.
      const stars = newest?.card?.kind === 'rating' && buttons.length === newest.card.max;
      node.hidden = !buttons.length;
      node.className = stars ? 'replies stars' : 'replies';
      node.replaceChildren(...buttons.map(({ title, button }) => press('', () => chat.say(title, button),
        ...(stars ? [icon('star'), el('span.sr', title)] : [title]))));
      if (stars) node.append(el('p', { 'aria-hidden': 'true' }, el('span', buttons[0].title), el('span', buttons.at(-1).title)));
    },
  };
}

export function makeDots(chat) {
  const node = el('div.dots', el('i'), el('i'), el('i'), chat.words.bind(el('span.sr'), 'typing'));
  return { node, render: () => { node.hidden = !chat.thinking(); } };
}
