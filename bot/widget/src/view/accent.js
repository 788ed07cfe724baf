// The shop's colour as #rgb or #rrggbb, and readable partners for it: text on it, and text in it.

// WCAG 2.2, relative luminance.
function luminance(colour) {
  const [r, g, b] = colour.map((c) => (c < 11 ? c / 3295 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function setAccent(host, hex) {
  if (!/^#(...|.{6})$/.test(hex)) return;
  const size = hex.length > 4 ? 2 : 1;
  const accent = [0, 1, 2].map((at) => parseInt(hex.substr(1 + at * size, size).repeat(3 - size), 16));
  const contrast = 1.05 / (luminance(accent) + 0.05);
  const set = (name, colour) => host.style.setProperty(name, 'rgb(' + colour.map(Math.round) + ')');
  if (accent.some(isNaN)) return;
  set('--accent', accent);
  set('--on-accent', contrast < 4.5 ? [0, 0, 0] : [255, 255, 255]);
  // As text on the light ground a pale colour is darkened, on the dark ground every colour is lightened.
  set('--accent-on-light', accent.map((c) => c * Math.min(1, (contrast / 6) ** 0.85)));
  set('--accent-on-dark', accent.map((c) => c * 0.4 + 153));
}
