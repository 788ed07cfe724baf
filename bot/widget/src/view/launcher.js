// The round button in the corner, with the number of unread messages while the chat is closed.
import { el, icon, press, setText } from '../dom.js';

export function makeLauncher(chat, open) {
  const { words, state } = chat;
  const badge = el('span.badge', { role: 'status' });
  const button = words.bind(press('.launcher', open, icon('chat')), 'open', 'aria-label');
  const node = el('div.corner', button, badge);
  return {
    node,
    button,
    render() {
      const unread = chat.unread();
      node.hidden = state.open;
      setText(badge, unread ? String(unread) : '');
      badge.ariaLabel = unread ? words.t('unread', unread) : '';
    },
  };
}
