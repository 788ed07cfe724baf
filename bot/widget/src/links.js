// Turns addresses inside a text into links, as nodes; every other scheme stays plain text.
import { el } from './dom.js';

const ADDRESS = /(?:https?:\/\/|mailto:|tel:)[^\s<>]+/gi;
const TAIL = /[.,;:!?)\]}\x22\x27»”’\u0589\u055d]+$/;

// The link when the address may be opened, '' when not.
export function link(address, label, web) {
  try {
    const { protocol, href } = new URL(address);
    if (!/^(https?|mailto|tel):$/.test(protocol) || (web && protocol[0] !== 'h')) return '';
    return el('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, label);
  } catch {
    return '';
  }
}

// A text as strings and links, in order.
export function linked(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const shown = found[0].replace(TAIL, '');
    parts.push(text.slice(from, found.index), link(shown, shown) || shown);
    from = found.index + shown.length;
  }
  return [...parts, text.slice(from)];
}
