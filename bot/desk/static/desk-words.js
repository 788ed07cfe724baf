// The page's own words, from the catalogue in the agent's language; the server puts them into the page.
const { words, languages, reasons } = document.getElementById('desk').dataset;
const WORDS = JSON.parse(words);

export const LANGUAGES = JSON.parse(languages);
export const REASONS = JSON.parse(reasons);

// t('minutes', { n: 5 }) → "5 min"
export function t(name, values = {}) {
  return (WORDS[name] ?? name).replace(/{(\w+)}/g, (_, key) => values[key] ?? '');
}

const two = (number) => String(number).padStart(2, '0');
const dayNumber = (date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 864e5;

export function clock(at) {
  const date = new Date(at);
  return two(date.getHours()) + ':' + two(date.getMinutes());
}

export function dayName(at) {
  const date = new Date(at);
  const ago = dayNumber(new Date()) - dayNumber(date);
  if (ago === 0) return t('today');
  if (ago === 1) return t('yesterday');
  return two(date.getDate()) + '.' + two(date.getMonth() + 1) + '.' + date.getFullYear();
}

export const minutesSince = (at) => Math.max(0, Math.floor((Date.now() - new Date(at)) / 6e4));

export function age(at) {
  const minutes = minutesSince(at);
  if (minutes < 1) return t('now');
  if (minutes < 60) return t('minutes', { n: minutes });
  if (minutes < 48 * 60) return t('hours', { n: Math.floor(minutes / 60) });
  return t('days', { n: Math.floor(minutes / 1440) });
}
