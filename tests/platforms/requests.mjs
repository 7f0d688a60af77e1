// usage: node requests.mjs DIRECTORY OUTPUTS [cases]
// Prints requests for `wizer batch`, a line each: every module of the pipeline's tests, with its options, in both layouts, and, but for
// `cases`, those workloads of bench/compare that are texts, which take an emulator minutes. DIRECTORY gets the modules; results go to
// OUTPUTS, a name relative to it.
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [directory, outputs, which] = process.argv.slice(2);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
mkdirSync(join(directory, outputs), { recursive: true });
const sources = ['tests/Wizer.Pipeline.Tests/Cases', 'bench/compare/workloads'].map((path) => join(root, path));
let count = 0;
for (const source of which ? sources.slice(0, 1) : sources) {
  for (const file of readdirSync(source).filter((name) => name.endsWith('.wat')).sort()) {
    const name = source === sources[0] ? file : `workload-${file}`;
    copyFileSync(join(source, file), join(directory, name));
    const options = /^;; wizer:(.*)$/m.exec(readFileSync(join(source, file), 'utf8'))?.[1].trim().split(/ +/).filter(Boolean) ?? [];
    for (const layout of ['compact', 'compatible']) {
      const output = `${outputs}/${name.replace(/\.wat$/, '')}-${layout}.wasm`;
      const words = [name, ...options, '--deterministic', `--layout=${layout}`, '-o', output];
      console.log(JSON.stringify({ arguments: words, requestId: ++count }));
    }
  }
}
