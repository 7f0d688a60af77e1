// usage: node still.mjs ENGINE OUTPUT
// Lets the engine import the clock and random numbers from a module of another name, of equal length, which --preload provides.
import { readFileSync, writeFileSync } from "node:fs";
import { Binary } from "../compare.mjs";

const [input, output] = process.argv.slice(2);
const bytes = readFileSync(input);
const section = new Binary(bytes).sections.find(({ id }) => id === 2);
const imports = Buffer.from(section.content.buffer, section.content.byteOffset, section.content.length);
for (const name of ["clock_time_get", "random_get"]) {
  const at = imports.indexOf(`wasi_snapshot_preview1${String.fromCharCode(name.length)}${name}`);
  if (at < 0) throw new Error(`the engine does not import ${name}`);
  imports.write("still_snapshot_preview", at);
}
writeFileSync(output, bytes);
