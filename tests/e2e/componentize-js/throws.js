// Fails while it is initialized.
const settings = JSON.parse('{ "currency": EUR }');

export function greet(name) {
  return `${settings.currency}, ${name}`;
}

export function summarize(items) {
  return { count: items.length, sum: 0n };
}

export function squares() {
  return [];
}

export function parse(text) {
  return { name: text, price: 0, tags: [] };
}
