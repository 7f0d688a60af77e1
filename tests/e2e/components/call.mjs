// Calls the exports of a transpiled component, after initializing it when that is wanted.
// usage: call.mjs MODULE [setup | fill COUNT NAME]
const [module, how, count, name] = process.argv.slice(2);
const shop = await import(new URL(module, `file://${process.cwd()}/`));
if (how === "setup") shop.setup();
if (how === "fill") shop.init.fill({ count: Number(count), name });
for (const item of [0, 1, 7, 999, 1000, 49_999]) console.log(`price of ${item}: ${shop.price(item)}`);
console.log(`title: ${shop.title()}`);
