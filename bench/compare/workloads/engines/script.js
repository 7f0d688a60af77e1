// An index of documents, as a search service prepares one.
let seed = 1;
const random = (limit) => (seed = (seed * 16807) % 2147483647) % limit;
const letters = "abcdefghijklmnopqrstuvwxyz";
const words = Array.from({ length: 2000 }, () => Array.from({ length: 4 + random(6) }, () => letters[random(26)]).join(""));

const documents = [];
for (let id = 0; id < 5000; id++) {
  const text = Array.from({ length: 20 + random(20) }, () => words[random(random(2000) + 1)]).join(" ");
  documents.push({ id, text, tags: text.match(/\b[aeiou]\w+/g) ?? [] });
}

const index = new Map();
for (const { id, text } of documents) {
  for (const word of text.split(" ")) {
    if (!index.has(word)) index.set(word, []);
    const list = index.get(word);
    if (list.at(-1) !== id) list.push(id);
  }
}
const ranked = [...index].sort(([a, first], [b, second]) => second.length - first.length || (a < b ? -1 : 1));
const saved = JSON.parse(JSON.stringify({ documents, ranked }));

globalThis.checksum = () => {
  let sum = 0;
  for (const [word, list] of saved.ranked) for (const id of list) sum = (sum * 31 + id + word.charCodeAt(0)) % 1000003;
  return saved.documents.reduce((total, { tags }) => (total * 7 + tags.join().length) % 1000003, sum);
};
