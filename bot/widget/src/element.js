// <barev-chat>: the widget in a shadow root of its own, where the shop's styles do not reach.
import { makeChat } from './chat.js';
import { makeWords } from './language.js';
import { makeMemory } from './memory.js';
import { setAccent } from './view/accent.js';
import { makeLauncher } from './view/launcher.js';
import { makePanel } from './view/panel.js';

const isPhone = () => matchMedia('(max-width: 479px)').matches;

// A constructed sheet needs no permission from the shop's content security policy; <style> is for old browsers.
function dress(root) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS_TEXT);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement('style');
    style.textContent = CSS_TEXT;
    root.append(style);
  }
}

// Puts the widget into host; returns what window.Barev offers.
export function makeWidget(host, place) {
  const memory = makeMemory(place.origin);
  const pageChanged = place.language && memory.lasting.get('page') && memory.lasting.get('page') !== place.language;
  if (place.language) memory.lasting.set('page', place.language);
  place.hint = (!pageChanged && memory.lasting.get('language')) || place.language;
  const words = makeWords(place.hint);
  const chat = makeChat(place, memory, words, { changed: render, giveBack, said });
  const launcher = makeLauncher(chat, () => open());
  const panel = makePanel(chat, place, memory.visit, close);
  const { box } = panel.composer;
  const root = host.attachShadow({ mode: 'open' });
  // The page was switched to another language since the last visit: so is the conversation.
  chat.state.languageUnsent = Boolean(pageChanged);
  dress(root);
  setAccent(host, place.accent);
  root.append(launcher.node, panel.node);

  function render() {
    launcher.render();
    panel.render();
  }

  function giveBack(text) {
    if (box.value) return false;
    panel.composer.write(text);
    return true;
  }

  // After a pressed button the focus must go somewhere: into the box, but not where that opens a keyboard.
  function said(button) {
    (button && isPhone() ? panel.scroll : box).focus();
  }

  function show(focus) {
    chat.state.open = true;
    memory.visit.set('open', true);
    chat.connect();
    chat.look();
    render();
    panel.composer.fit();
    panel.toEnd();
    if (focus) box.focus();
  }

  function open(draft) {
    if (typeof draft === 'string') panel.composer.write(draft);
    show(true);
  }

  function close() {
    if (!chat.state.open) return;
    chat.state.open = false;
    memory.visit.set('open', null);
    render();
    launcher.button.focus();
  }

  addEventListener('online', () => chat.wake(true));
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    chat.wake(false);
    chat.look();
    render();
  });
  // The keyboard of a phone covers part of the page: the panel keeps to the part that is seen.
  const seen = window.visualViewport;
  const keepSeen = () => {
    if (seen.scale > 1) return;
    host.style.setProperty('--seen', seen.height + 'px');
    host.style.setProperty('--seen-top', seen.offsetTop + 'px');
  };
  if (seen) ['resize', 'scroll'].forEach((name) => seen.addEventListener(name, keepSeen));

  render();
  // Only who has talked before is connected at once: a mere page view costs the server nothing.
  if (memory.lasting.get('token') || chat.outbox.entries.length) chat.connect();
  if (memory.visit.get('open') && !isPhone()) show(false);
  return { open, close, setLanguage: chat.setLanguage, identify: chat.identify };
}
