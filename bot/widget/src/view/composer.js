// The box to write in. Enter sends, Shift+Enter breaks the line, Enter inside an input method belongs to it.
import { el, icon, setText } from '../dom.js';

const LIMIT = 2000;
const WARN = 1800;

export function makeComposer(chat, visit) {
  const { words } = chat;
  const box = el('textarea', {
    rows: 1, maxlength: LIMIT, enterkeyhint: 'send', autocomplete: 'off', dir: 'auto', input: changed, keydown: pressed,
  });
  const count = el('p.count', { role: 'status' });
  const send = words.bind(el('button.send', icon('send')), 'send', 'aria-label');
  const node = el('form.composer', { submit }, box, send, count);
  words.bind(box, 'box', 'placeholder');
  words.bind(box, 'box', 'aria-label');

  // The draft outlives a change of page; the box grows with it.
  function fit() {
    const { length } = box.value;
    visit.set('draft', box.value || null);
    box.style.height = 'auto';
    box.style.height = box.scrollHeight + 2 + 'px';
    send.disabled = !box.value.trim();
    setText(count, length > WARN ? length + ' / ' + LIMIT : '');
    count.classList.toggle('full', length >= LIMIT);
  }

  function write(text) {
    box.value = text;
    fit();
  }

  function changed() {
    fit();
    if (box.value) chat.typing();
  }

  function pressed(event) {
    // 229: Safari ends a composition before it reports the key.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
  }

  function submit(event) {
    const text = box.value.trim();
    event.preventDefault();
    if (!text) return;
    write('');
    chat.say(text);
  }

  box.value = visit.get('draft') || '';
  return { node, box, fit, write };
}
