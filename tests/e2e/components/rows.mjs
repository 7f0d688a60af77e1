// Asks a transpiled component of SQLite for some rows, after initializing it when that is wanted.
// usage: rows.mjs MODULE [initialize]
const [module, how] = process.argv.slice(2);
const rows = await import(new URL(module, `file://${process.cwd()}/`));
if (how) rows.initialize();
console.log([1, 2, 77_777, 100_000].map((id) => rows.row(id)).join(" "), rows.total());
