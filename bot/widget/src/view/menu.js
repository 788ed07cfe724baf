// The language menu in the header: arrows walk, Escape and leaving close it.
import { el, icon, press } from '../dom.js';
import { LANGUAGES } from '../texts.js';

export function makeMenu(chat) {
  const { words } = chat;
  const button = words.bind(press('.tool', () => toggle(list.hidden), icon('globe')), 'language', 'aria-label');
  const items = Object.entries(LANGUAGES).map(([lang, name]) => el(
    'button', { type: 'button', role: 'menuitemradio', tabindex: -1, lang, click: choose }, name, icon('tick')));
  const list = words.bind(el('div.menu', { role: 'menu', keydown: walk }, ...items), 'language', 'aria-label');
  // Safari gives a clicked button no focus: the focus is kept where it is, so the menu stays for the click.
  const node = el('div.language', { focusout: left, mousedown: (event) => event.preventDefault() }, button, list);
  button.ariaHasPopup = 'menu';
  show(false);

  function show(open) {
    list.hidden = !open;
    button.ariaExpanded = open;
  }

  function toggle(open) {
    show(open);
    (open ? items.find((item) => item.lang === words.language) : button).focus();
  }

  function choose(event) {
    chat.setLanguage(event.currentTarget.lang);
    toggle(false);
  }

  function walk(event) {
    const at = items.indexOf(event.target) + items.length;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to >= 0) items[to % items.length].focus();
    else if (event.key === 'Escape') toggle(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function left(event) {
    if (!node.contains(event.relatedTarget)) show(false);
  }

  return {
    node,
    render: () => items.forEach((item) => { item.ariaChecked = item.lang === words.language; }),
  };
}
