// usage: node automerge.cjs PACKAGE: what documents of automerge come to.
const { createHash } = require('node:crypto');
const automerge = require(`${process.argv[2]}/dist/cjs/fullfat_node.cjs`);

const hash = bytes => createHash('sha256').update(bytes).digest('hex');
const at = { time: 0 };
let first = automerge.change(automerge.init({ actor: 'aa'.repeat(16) }), at, doc => {
  doc.cards = [{ title: 'write', done: false, at: new Date(0) }];
  doc.text = 'hello';
  doc.numbers = Array.from({ length: 500 }, (_, i) => i / 7);
});
let second = automerge.load(automerge.save(first), { actor: 'bb'.repeat(16) });
first = automerge.change(first, at, doc => automerge.splice(doc, ['text'], 5, 0, ' world'));
second = automerge.change(second, at, doc => {
  automerge.splice(doc, ['text'], 0, 1, 'J');
  doc.cards.push({ title: 'read', done: true });
});
const merged = automerge.merge(first, second);
console.log(JSON.stringify(merged).length, merged.text, hash(automerge.save(merged)));
console.log(JSON.stringify(automerge.getHeads(merged)));
console.log(automerge.getHistory(merged).map(state => state.change.hash).join(' '));
try {
  automerge.load(new Uint8Array([1, 2, 3]));
} catch (error) {
  console.log(String(error.message ?? error));
}
