// Builds nodes. Strings only ever become text nodes, so nothing a shopper types can become markup.

// el('p.line.old', parts...): a plain object sets attributes and listeners, all else is a child; what is '' or null or
// false is left out.
export function el(name, ...parts) {
  const [tag, ...classes] = name.split('.');
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(' ');
  for (const part of parts) {
    if (part?.constructor === Object) setAll(node, part);
    else if (part || part === 0) node.append(part);
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

// Touches the page only when something changed: a screen reader would read a rewritten text again.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Draws only when what is drawn has changed.
export function makeDrawn(draw) {
  let last;
  return (value) => {
    const now = JSON.stringify(value);
    if (now === last) return;
    last = now;
    draw(value);
  };
}
