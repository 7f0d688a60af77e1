// A component with something to prepare: a table that its exports read.
const words = [];
for (let i = 0, state = 1; i < 5000; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  words.push(`word-${state.toString(36)}`);
}
const lengths = new Map(words.map((word, i) => [i, word.length]));

export function add(a, b) {
  return a + b;
}

export function word(n) {
  return lengths.get(n % lengths.size) * 100000 + words.indexOf(words[n % words.length]);
}
