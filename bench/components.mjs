// usage: node bench/components.mjs [--rounds N] [--limit RATIO] COMMAND...
// What a component costs beside the core module that is in it: SQLite with 100,000 rows, as bench/compare has it, alone and as a component
// that jco makes of it with the adapter of preview 1. Each COMMAND (artifacts/native/wizer, say) initializes both, one after the other in
// an order that turns; printed are the medians of wall time, processor time and peak memory, and of the rounds' ratios. It fails when a
// component takes more than the limit (1.15) times the module's time or memory. Needs what `bench/compare/run --only sqlite` has made.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const compare = join(root, 'artifacts/compare');
const jco = join(compare, 'componentize/node_modules/.bin/jco');
const adapter = join(compare, 'componentize/node_modules/@bytecodealliance/jco/lib/wasi_snapshot_preview1.reactor.wasm');
const measure = join(compare, 'measure');
const sqlite = join(compare, 'programs/sqlite.wasm');

let rounds = 15;
let limit = 1.15;
const commands = [];
for (let i = 2; i < process.argv.length; i++) {
  if (process.argv[i] === '--rounds') rounds = Number(process.argv[++i]);
  else if (process.argv[i] === '--limit') limit = Number(process.argv[++i]);
  else commands.push(resolve(process.argv[i]));
}

for (const file of [jco, adapter, measure, sqlite]) {
  if (!existsSync(file)) throw new Error(`${file} is not there: run bench/compare/run --only sqlite first`);
}

function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}${stdout}`);
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

const directory = mkdtempSync(join(tmpdir(), 'components-'));
const at = (name) => join(directory, name);
let worst = 0;
try {
  // An export of a component has another kind of name.
  run(commands[0], 'print', sqlite, '-o', at('core.wat'));
  writeFileSync(at('core.wat'), readFileSync(at('core.wat'), 'utf8').replace('(export "wizer.initialize"', '(export "initialize"'));
  run(jco, 'parse', at('core.wat'), '-o', at('core.wasm'));
  run(jco, 'embed', '--wit', join(root, 'tests/e2e/components/sqlite.wit'), '--world-name', 'rows', at('core.wasm'), '-o', at('embedded.wasm'));
  run(jco, 'new', at('embedded.wasm'), '--adapt', `wasi_snapshot_preview1=${adapter}`, '-o', at('component.wasm'));

  const take = (command, input) => {
    rmSync(at('out.wasm'), { force: true });
    run(measure, at('usage.json'), command, at(`${input}.wasm`), '-f', 'initialize', '--allow-wasi', '--deterministic', '-o', at('out.wasm'));
    return { ...JSON.parse(readFileSync(at('usage.json'), 'utf8')), size: statSync(at('out.wasm')).size };
  };
  console.log('| command | | core module | component | ratio |\n| --- | --- | ---: | ---: | ---: |');
  for (const command of commands) {
    const taken = { core: [], component: [] };
    for (const input of ['core', 'component']) take(command, input);
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 ? ['component', 'core'] : ['core', 'component'];
      for (const input of order) taken[input].push(take(command, input));
    }

    const name = command.startsWith(`${root}/`) ? command.slice(root.length + 1) : command;
    for (const [key, what, unit, digits] of [['wall', 'wall time, s', 1, 3], ['cpu', 'processor time, s', 1, 3], ['rss', 'peak memory, MB', 1e6, 1], ['size', 'output, MB', 1e6, 2]]) {
      const [core, component] = ['core', 'component'].map((input) => median(taken[input].map((use) => use[key])) / unit);
      const ratio = median(taken.component.map((use, i) => use[key] / taken.core[i][key]));
      if (key === 'wall' || key === 'rss') worst = Math.max(worst, ratio);
      console.log(`| ${name} | ${what} | ${core.toFixed(digits)} | ${component.toFixed(digits)} | ${ratio.toFixed(2)} |`);
    }
  }
} finally {
  rmSync(directory, { recursive: true });
}

if (worst > limit) {
  console.log(`a component takes ${worst.toFixed(2)} times what its module does, more than ${limit}`);
  process.exitCode = 1;
}
