// Reads the script tag, puts <barev-chat> on the page and opens window.Barev, the only global.
import { makeWidget } from './element.js';
import { pickLanguage } from './language.js';

const OPTIONS = ['language', 'accent', 'theme', 'title'];

function readPlace(script) {
  const { origin } = new URL(script.src);
  const place = { origin, socket: origin.replace(/^http/, 'ws') + '/chat/v1/ws' };
  OPTIONS.forEach((name) => { place[name] = script.dataset[name] || ''; });
  place.language = pickLanguage(place.language, document.documentElement.lang, ...(navigator.languages || []));
  return place;
}

function start(script) {
  if (window.Barev || !script) return;
  const place = readPlace(script);
  if (!customElements.get('barev-chat')) customElements.define('barev-chat', class extends HTMLElement {});
  const host = document.querySelector('barev-chat') || document.createElement('barev-chat');
  if (place.theme) host.dataset.theme = place.theme;
  window.Barev = Object.freeze(makeWidget(host, place));
  if (!host.isConnected) document.body.append(host);
}

const current = document.currentScript;
if (document.body) start(current);
else document.addEventListener('DOMContentLoaded', () => start(current));
