// What the snapshot holds: a table, a map that a parser filled, and a closure that counts.
const squareTable = Array.from({ length: 1000 }, (_, i) => i * i);

const greetings = new Map(
  `en hello
   de guten Tag
   ja こんにちは`
    .split("\n")
    .map((line) => line.trim().match(/^(\w+) (.*)$/u))
    .map(([, language, text]) => [language, text]),
);

const nextVisitor = (() => {
  let visitors = 41;
  return () => ++visitors;
})();
nextVisitor();

export function greet(name) {
  const [who, language = "en"] = name.split("@");
  return `${greetings.get(language) ?? "?"}, ${who}! You are visitor ${nextVisitor()}.`;
}

export function summarize(items) {
  let sum = 0n;
  let cheapest;
  for (const item of items) {
    sum += BigInt(item.price);
    if (!cheapest || item.price < cheapest.price) cheapest = item;
  }
  return { count: items.length, sum, cheapest };
}

export function squares(count) {
  return squareTable.slice(0, count);
}

export function parse(text) {
  const [name, price, ...tags] = text.split(/\s*,\s*/);
  if (price === undefined) throw { tag: "missing", val: `a price after ${JSON.stringify(name)}` };
  if (!/^\d+$/.test(price)) throw { tag: "not-a-number", val: price };
  return { name, price: Number(price), tags };
}
