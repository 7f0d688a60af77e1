// What the program of threads.c says in its first thread and in the next, initialized here and by the command: node threads.mjs INPUT OUTPUT
import { readFileSync } from "node:fs";

async function answers(file, isInitialized) {
  const { instance } = await WebAssembly.instantiate(readFileSync(file));
  const { get, enter, "wizer-initialize": initialize } = instance.exports;
  if (!isInitialized) {
    initialize();
  }

  const first = get();
  enter(60000);
  return `${first} ${get()}`;
}

const [input, output] = process.argv.slice(2);
for (const [file, isInitialized] of [[input, false], [output, true]]) {
  const actual = await answers(file, isInitialized);
  if (actual !== "15249 15248") {
    console.log(`${file} says ${actual}`);
    process.exitCode = 1;
  }
}
