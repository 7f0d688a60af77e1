// usage: node bench/graphs.mjs [--count N] [--rounds N] [COMMAND]...
// What a large graph of objects costs when it is loaded, in node's V8: in the module that Wizer made of it, and in one whose start
// function makes it in the simplest loop that anybody would write by hand. Each is compiled and instantiated in processes of its own, in
// turn; printed are the medians of user and system time per object, their ratio, and the bytes per object. COMMAND is how to call Wizer,
// for example `artifacts/wizer/wizer`; needs node 24.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);

// The fields of a module, and the instructions that make $n objects, with $i to count them.
const graphs = {
  list: {
    objects: 1,
    fields: '(type $n (struct (field (mut i32)) (field (mut (ref null $n))))) (global $g (export "g") (mut (ref null $n)) (ref.null $n))',
    step: '(global.set $g (struct.new $n (local.get $i) (global.get $g)))',
  },
  'list of boxes': {
    objects: 2,
    fields: `(type $b (struct (field i32))) (type $n (struct (field (mut (ref eq))) (field (mut (ref null $n)))))
      (global $g (export "g") (mut (ref null $n)) (ref.null $n))`,
    step: '(global.set $g (struct.new $n (struct.new $b (local.get $i)) (global.get $g)))',
  },
  'blocks, as of OCaml': {
    objects: 1,
    fields: '(type $n (array (mut (ref eq)))) (global $g (export "g") (mut (ref eq)) (ref.i31 (i32.const 0)))',
    step: '(global.set $g (array.new_fixed $n 3 (ref.i31 (i32.const 0)) (ref.i31 (local.get $i)) (global.get $g)))',
  },
  'ring, linked both ways': {
    objects: 1,
    fields: `(type $n (struct (field i32) (field (mut (ref null $n))) (field (mut (ref null $n)))))
      (global $g (export "g") (mut (ref null $n)) (ref.null $n))`,
    step: `(local.set $x (struct.new $n (local.get $i) (global.get $g) (ref.null $n)))
      (if (ref.is_null (global.get $g)) (then (global.set $first (local.get $x)))
        (else (struct.set $n 2 (global.get $g) (local.get $x))))
      (global.set $g (local.get $x))
      (struct.set $n 2 (local.get $x) (global.get $first)) (struct.set $n 1 (global.get $first) (local.get $x))`,
    more: '(global $first (mut (ref null $n)) (ref.null $n))',
  },
  'list of strings': {
    objects: 2,
    fields: `(type $s (array i8)) (type $n (struct (field (ref $s)) (field (mut (ref null $n)))))
      (data $d "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz")
      (global $g (export "g") (mut (ref null $n)) (ref.null $n))`,
    step: `(global.set $g (struct.new $n (array.new_data $s $d (i32.and (local.get $i) (i32.const 15)) (i32.const 12)) (global.get $g)))`,
  },
  'array of objects': {
    objects: 1,
    fields: `(type $n (struct (field (mut i32)) (field (mut i64)))) (type $a (array (mut (ref null $n))))
      (global $g (export "g") (mut (ref null $a)) (ref.null $a))`,
    before: '(global.set $g (array.new_default $a (local.get $n)))',
    step: '(array.set $a (global.get $g) (local.get $i) (struct.new $n (local.get $i) (i64.extend_i32_u (local.get $i))))',
  },
};

if (process.argv[2] === '--load') {
  const bytes = readFileSync(process.argv[3]);
  const before = process.cpuUsage();
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
  if (process.argv[4]) instance.exports[process.argv[4]]();
  const { user, system } = process.cpuUsage(before);
  console.log(user + system);
  process.exit();
}

let count = 1_000_000;
let rounds = 9;
const commands = [];
for (let i = 2; i < process.argv.length; i++) {
  if (process.argv[i] === '--count') count = Number(process.argv[++i]);
  else if (process.argv[i] === '--rounds') rounds = Number(process.argv[++i]);
  else commands.push(process.argv[i]);
}

function run(command, ...args) {
  const [file, ...first] = command.split(' ');
  const { status, stdout, stderr } = spawnSync(file, [...first, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const load = (file, ...call) => Number(run(process.execPath, self, '--load', file, ...call));

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

const directory = mkdtempSync(join(tmpdir(), 'graphs-'));
let worst = 0;
try {
  console.log(`${count} objects\n\n| graph | loop by hand, µs | ${commands.map((command) => `${command}, µs | times the loop | bytes`).join(' | ')} |`);
  console.log(`| --- | ---: |${' ---: | ---: | ---: |'.repeat(commands.length)}`);
  for (const [name, { objects, fields, more = '', before = '', step }] of Object.entries(graphs)) {
    const type = /\(type \$n \(struct/.test(fields) ? '(local $x (ref null $n))' : '';
    const text = (init) => `(module ${fields} ${more}
      (func $make (export "make") (local $i i32) (local $n i32) ${type} (local.set $n (i32.const ${count / objects})) ${before}
        (loop $more ${step} (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
      (func (export "wizer-initialize") ${init}))`;
    const files = {};
    const make = (kind, command, init) => {
      const input = join(directory, 'input.wat');
      writeFileSync(input, text(init));
      files[kind] = join(directory, `${kind}.wasm`);
      run(command, input, '-o', files[kind]);
    };
    make('hand', commands[0], '');
    commands.forEach((command, i) => make(i, command, '(call $make)'));
    const times = Object.fromEntries(Object.keys(files).map((kind) => [kind, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [kind, file] of Object.entries(files)) times[kind].push(kind === 'hand' ? load(file, 'make') : load(file));
    }

    const hand = median(times.hand);
    const row = commands.map((_, i) => {
      const own = median(times[i]);
      worst = Math.max(worst, own / hand);
      return `${(own / count).toFixed(3)} | ${(own / hand).toFixed(2)} | ${(statSync(files[i]).size / count).toFixed(2)}`;
    });
    console.log(`| ${name} | ${(hand / count).toFixed(3)} | ${row.join(' | ')} |`);
  }

  console.log(`\nat most ${worst.toFixed(2)} times the loop`);
} finally {
  rmSync(directory, { recursive: true });
}
