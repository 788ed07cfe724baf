// Times and days as people in Armenia and Georgia write them: 14:05 and 21.11.2026 in all three languages.
// Intl is left alone: Chromium ships without its Armenian and Georgian and would answer in American English.
const two = (number) => String(number).padStart(2, '0');
const dayNumber = (date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 864e5;

export function clock(at) {
  const date = new Date(at);
  return isNaN(date) ? '' : two(date.getHours()) + ':' + two(date.getMinutes());
}

export function dayName(at, words) {
  const date = new Date(at);
  if (isNaN(date)) return '';
  const ago = dayNumber(new Date()) - dayNumber(date);
  if (ago === 0) return words.t('today');
  if (ago === 1) return words.t('yesterday');
  return two(date.getDate()) + '.' + two(date.getMonth() + 1) + '.' + date.getFullYear();
}

// A moment that may be on another day: the day is named only then.
export function moment(at, words) {
  const day = dayName(at, words);
  return day === words.t('today') ? clock(at) : (day + ' ' + clock(at)).trim();
}
