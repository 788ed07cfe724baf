// Where the agent writes. What is half written stays with its conversation.
import { el } from './desk-dom.js';
import { t } from './desk-words.js';

const TYPING = 3000;
const LONGEST = 2000;

export function makeBox(state) {
  const area = el('textarea', { id: 'answer', rows: '1', maxlength: LONGEST, 'aria-describedby': 'answer-hint', placeholder: t('box'), input: wrote, keydown: pressed });
  const node = el('form.box', { submit: send },
    el('label.sr', { for: 'answer' }, t('box')), area,
    el('button.main', { type: 'submit' }, t('send')),
    el('p.hint', { id: 'answer-hint' }, t('hint')));
  let told = 0;

  function wrote() {
    state.drafts[state.wanted] = area.value;
    fit();
    if (Date.now() - told < TYPING || !area.value) return;
    told = Date.now();
    state.act('typing');
  }

  function fit() {
    area.style.height = 'auto';
    area.style.height = area.scrollHeight + 2 + 'px';
  }

  function pressed(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send(event);
  }

  function send(event) {
    event.preventDefault();
    const text = area.value.trim();
    if (!text) return area.focus();
    state.drafts[state.wanted] = area.value = '';
    told = 0;
    fit();
    state.answer(text);
    area.focus();
  }

  return {
    node,
    focus: () => area.focus(),
    opened() {
      area.value = state.drafts[state.wanted] ?? '';
      fit();
    },
    // A refused answer comes back into the box, below what is written there.
    render() {
      const draft = state.drafts[state.wanted] ?? '';
      if (area.value === draft) return;
      area.value = draft;
      fit();
    },
  };
}
