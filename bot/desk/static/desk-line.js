// One line of the transcript: as the shopper has it, and below that in the agent's language where we can say it.
import { el } from './desk-dom.js';
import { clock, t } from './desk-words.js';

export function makeLine(line) {
  const kind = ['shopper', 'bot', 'agent'].includes(line.author) ? line.author : 'system';
  const who = kind === 'agent' ? line.agent ?? t('you') : t(kind);
  return el('div', { class: 'line ' + kind + (line.seq ? '' : ' unsent') },
    el('p.who', who),
    el('div.bubble',
      el('p.text', { lang: line.language, dir: 'auto' }, line.text),
      line.rendered && el('p.rendered', { dir: 'auto' }, line.rendered),
      line.buttons?.length > 0 && el('ul.chips', { 'aria-label': t('suggested') },
        ...line.buttons.map((title) => el('li', { lang: line.language }, title)))),
    el('p.foot', line.seq ? el('time', { datetime: line.at }, clock(line.at)) : t('sending')));
}
