// usage: node wasi.mjs [--dir GUEST=HOST] [--env NAME=VALUE]... MODULE [ARGUMENT]...
// Runs a command under node's WASI, with no environment but the one given, and exits as it does. A module without _start is a
// reactor: its arguments are calls `export number...`, and what they return is printed.
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { WASI } from "node:wasi";

const env = {};
const preopens = {};
const rest = argv.slice(2);
for (; rest[0]?.startsWith("--"); rest.splice(0, 2)) {
  const [name, value] = rest[1].split(/=(.*)/s);
  (rest[0] === "--dir" ? preopens : env)[name] = value;
}

const [file, ...args] = rest;
const module = new WebAssembly.Module(readFileSync(file));
const wasi = new WASI({ version: "preview1", args: ["program", ...args], env, preopens, returnOnExit: true });
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
if (instance.exports._start) {
  process.exitCode = wasi.start(instance);
} else {
  wasi.initialize(instance);
  for (const call of args) {
    const [name, ...values] = call.split(" ");
    console.log(`${call} -> ${instance.exports[name](...values.map(Number))}`);
  }
}
