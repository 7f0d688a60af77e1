// Does the same with a module and with what initialization made of it: node threads.mjs INPUT OUTPUT
import { readFileSync } from "node:fs";

async function answers(file, isInitialized) {
  const { instance } = await WebAssembly.instantiate(readFileSync(file));
  const { look, enter, "wizer-initialize": initialize } = instance.exports;
  if (!isInitialized) {
    initialize();
  }

  const first = look();
  enter(60000);
  return `${first} ${look()}`;
}

const [input, output] = process.argv.slice(2);
const expected = await answers(input, false);
const actual = await answers(output, true);
if (actual !== expected) {
  console.log(`${actual}, where the input says ${expected}`);
  process.exitCode = 1;
}
