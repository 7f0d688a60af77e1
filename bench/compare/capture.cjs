// usage: node capture.cjs DIRECTORY WIZER-ARGUMENTS...
// Stands in for wizer when componentize-js calls it: keeps a copy of everything the call depends on in the directory, so that
// the call can be repeated, and fails. The caller's own directory is temporary; call.json names the copy instead.
const { cpSync, mkdirSync, readFileSync, realpathSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

const [captured, ...args] = process.argv.slice(2);
const from = dirname(args.at(-1));
const to = join(captured, "files");
mkdirSync(to, { recursive: true });
cpSync(from, to, { recursive: true });
const moved = (text) => text.replaceAll(realpathSync(from), to).replaceAll(from, to);

const [input, ...options] = args.map(moved).reverse();
const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, moved(value)]));
const call = { input, args: options.reverse().filter((option) => !option.startsWith("-o")), env, stdin: moved(readFileSync(0, "utf8")) };
writeFileSync(join(captured, "call.json"), JSON.stringify(call, null, 1));
process.exit(1);
