// usage: node call.mjs MODULE
// Calls every export of the transpiled component and prints what it answers.
import { pathToFileURL } from "node:url";

const shop = await import(pathToFileURL(process.argv[2]).href);
const print = (what, value) => console.log(`${what}: ${JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part))}`);
const attempt = (call) => {
  try {
    return { ok: call() };
  } catch (error) {
    return { error: error.payload ?? String(error) };
  }
};

print("greet", shop.greet("Ada"));
print("greet again", shop.greet("小林@ja"));
print("squares", [...shop.squares(12)]);
print("all squares", shop.squares(1000).reduce((sum, square) => sum + square, 0));
const items = [
  { name: "tea", price: 4_000_000_000, tags: ["hot", "grün"] },
  { name: "bread", price: 3, tags: [] },
  { name: "", price: 4_000_000_000, tags: [""] },
];
print("summarize", shop.summarize(items));
print("summarize nothing", shop.summarize([]));
print("parse", attempt(() => shop.parse("jam, 7, sweet, red")));
print("parse without a price", attempt(() => shop.parse("jam")));
print("parse with a bad price", attempt(() => shop.parse("jam,seven")));
