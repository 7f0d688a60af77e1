// usage: node requests.mjs DIRECTORY OUTPUTS
// Prints requests for `wizer batch`, a line each: every module of the pipeline's tests, with its options, in both layouts. DIRECTORY gets
// the modules; results go to OUTPUTS, a name relative to it.
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [directory, outputs] = process.argv.slice(2);
const source = resolve(dirname(fileURLToPath(import.meta.url)), '../Wizer.Pipeline.Tests/Cases');
mkdirSync(join(directory, outputs), { recursive: true });
let count = 0;
for (const file of readdirSync(source).filter((name) => name.endsWith('.wat')).sort()) {
  copyFileSync(join(source, file), join(directory, file));
  const options = /^;; wizer:(.*)$/m.exec(readFileSync(join(source, file), 'utf8'))?.[1].trim().split(/ +/).filter(Boolean) ?? [];
  for (const layout of ['compact', 'compatible']) {
    const output = `${outputs}/${file.replace(/\.wat$/, '')}-${layout}.wasm`;
    const words = [file, ...options, '--deterministic', `--layout=${layout}`, '-o', output];
    console.log(JSON.stringify({ arguments: words, requestId: ++count }));
  }
}
