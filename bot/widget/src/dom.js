// Builds nodes. Strings only ever become text nodes, so nothing a shopper types can become markup.

// el('p.line.offline', parts...): a plain object sets attributes and listeners, all else is a child;
// what is '' or null or false is left out.
export function el(name, ...parts) {
  const [tag, ...classes] = name.split('.');
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(' ');
  for (const part of parts) {
    if (part?.constructor === Object) setAll(node, part);
    else if (part) node.append(part);
  }
  return node;
}

function setAll(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else if (value != null) node.setAttribute(name, value);
  }
}

// A button of the page, not of a form.
export const press = (name, click, ...parts) => el('button' + name, { type: 'button', click }, ...parts);

const ICONS = {
  chat: 'M6.5 3.5h11A2.5 2.5 0 0 1 20 6v7.5a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 4v-4h-1A2.5 2.5 0 0 1 4 13.5V6a2.5 2.5 0 0 1 2.5-2.5zM8.5 9.8h0M12 9.8h0M15.5 9.8h0',
  close: 'M6.5 6.5l11 11m0-11l-11 11',
  send: 'M12 19V5.5m-6 6l6-6 6 6',
  globe: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.8 9.5h16.4m-16.4 5h16.4M12 3.5c5 5 5 12 0 17-5-5-5-12 0-17z',
  star: 'M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z',
  tick: 'M5.5 12.5l4.5 4.5 8.5-9.5',
};

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS(svg.namespaceURI, 'path');
  setAll(svg, { viewBox: '0 0 24 24', 'aria-hidden': 'true' });
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

// Touches the page only when something changed: a screen reader would read a rewritten text again.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
