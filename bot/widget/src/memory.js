// What the browser remembers for us: `lasting` across visits, `visit` until the tab closes.
// Where storage is blocked (private windows, strict settings) it lasts as long as the page.
function makeBox(name, prefix) {
  const spare = {};
  const storage = () => window[name];
  return {
    get(key) {
      try {
        return JSON.parse(storage().getItem(prefix + key)) ?? spare[key] ?? null;
      } catch {
        return spare[key] ?? null;
      }
    },
    set(key, value) {
      spare[key] = value;
      try {
        if (value == null) storage().removeItem(prefix + key);
        else storage().setItem(prefix + key, JSON.stringify(value));
      } catch { /* blocked or full: the spare copy serves */ }
    },
  };
}

// One shop page may hold widgets of two installations: each has its own names.
export function makeMemory(origin) {
  const prefix = 'barev:' + origin + ':';
  return { lasting: makeBox('localStorage', prefix), visit: makeBox('sessionStorage', prefix) };
}
