// Compares, in V8, random modules that were initialized there with the ones that Wizer made of them, with objects made one by one and in
// loops: what `hash` finds in tables, globals and objects, at once and after `more`. Takes node 24 and a directory that tests have filled:
//
//   WIZER_GRAPHS=20000 WIZER_GRAPH_DIRECTORY=DIR dotnet test tests/Wizer.Pipeline.Tests --filter Graphs_AreTheSame
//   node tests/differential/graphs.mjs DIR

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.argv[2];
let modules = 0;
let differences = 0;

function instantiate(file) {
  return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(directory, file)))).exports;
}

function hashes(file, isInitialized) {
  const results = [];
  for (const calls of [[], ['more']]) {
    const exports = instantiate(file);
    for (const call of isInitialized ? calls : ['wizer-initialize', ...calls]) {
      exports[call]();
    }

    results.push(exports.hash());
  }

  return results.join(' ');
}

for (const file of readdirSync(directory)) {
  if (!file.endsWith('.input.wasm')) {
    continue;
  }

  modules++;
  const seed = file.slice(0, -'.input.wasm'.length);
  let expected;
  try {
    expected = hashes(file, false);
  } catch (error) {
    expected = `initialized: ${error}`;
  }

  for (const kind of ['output', 'loops']) {
    let actual;
    try {
      actual = hashes(`${seed}.${kind}.wasm`, true);
    } catch (error) {
      actual = String(error);
    }

    if (expected !== actual) {
      differences++;
      console.log(`seed ${seed}, ${kind}: ${actual}, and not ${expected}`);
    }
  }
}

console.log(`${differences === 0 && modules !== 0 ? 'ok' : 'FAIL'} ${modules} modules, ${differences} differences`);
process.exitCode = differences === 0 && modules !== 0 ? 0 : 1;
