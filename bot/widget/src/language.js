// Which language the widget speaks, and which language a text is written in.
import { LANGUAGES, TEXTS } from './texts.js';

// The first candidate that names a language we have ("ka-GE" names ka); '' when none does.
export function pickLanguage(...candidates) {
  for (const candidate of candidates) {
    const short = String(candidate || '').slice(0, 2).toLowerCase();
    if (Object.hasOwn(LANGUAGES, short)) return short;
  }
  return '';
}

// Only the script is judged: Latin letters may be English or Armenian typed in Latin.
export function languageOf(text) {
  if (/[\u0530-\u058f]/.test(text)) return 'hy';
  return /[\u10a0-\u10ff]/.test(text) ? 'ka' : '';
}

// The words of the widget in the language of the moment; bound nodes change with it.
export function makeWords(language) {
  const bound = [];
  const put = ([node, key, attribute]) => {
    if (attribute) node.setAttribute(attribute, words.t(key));
    else node.textContent = words.t(key);
  };
  const words = {
    language: language || 'en',
    t(key, value) {
      const text = TEXTS[key][Object.keys(LANGUAGES).indexOf(words.language)];
      return value == null ? text : text.replace('{}', () => value);
    },
    bind(node, key, attribute) {
      const binding = [node, key, attribute];
      bound.push(binding);
      put(binding);
      return node;
    },
    use(next) {
      words.language = pickLanguage(next) || words.language;
      bound.forEach(put);
    },
  };
  return words;
}
