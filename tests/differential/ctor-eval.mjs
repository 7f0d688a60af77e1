// usage: node ctor-eval.mjs BINARYEN [--count N] [--seed S] WIZER...
// Initializes random modules with Wizer and with Binaryen's wasm-ctor-eval, and compares what V8 sees of both, and of the module that was
// initialized there: memories, globals, and what functions return, at once and after going on. They compute with memories and globals, or
// make objects, up to some thousands, of those kinds that wasm-ctor-eval can take; where it gives up, ours is compared with V8 alone.
// BINARYEN is the directory of the npm package `binaryen`, WIZER how to call Wizer; needs node 24.
//
//   npm install binaryen && node tests/differential/ctor-eval.mjs node_modules/binaryen --count 200 artifacts/wizer/wizer

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const options = { count: 100, seed: 1 };
const [binaryen, ...rest] = process.argv.slice(2);
while (rest[0]?.startsWith('--')) options[rest.shift().slice(2)] = Number(rest.shift());
const wizer = rest;
if (!binaryen || wizer.length === 0) {
  console.error('usage: node ctor-eval.mjs BINARYEN [--count N] [--seed S] WIZER...');
  process.exit(2);
}

// Mulberry32.
let state;
function next(limit) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % limit;
}

const pick = (...values) => values[next(values.length)];
const repeat = (count, make) => Array.from({ length: count }, (_, i) => make(i)).join('\n  ');

// Numbers in a memory and in globals, computed in loops and calls.
function numbers() {
  const value = (depth) => {
    if (depth === 0) return pick('(local.get $i)', '(local.get $x)', `(i32.const ${next(1 << 20) - 500000})`, `(global.get $g${next(4)})`);
    return pick(
      () => `(i32.${pick('add', 'sub', 'mul', 'xor', 'and', 'or', 'shl', 'shr_u', 'rotl', 'lt_s', 'ge_u')} ${value(depth - 1)} ${value(depth - 1)})`,
      () => `(i32.load${pick('', '8_u', '16_s')} offset=${next(256)} (i32.and ${value(depth - 1)} (i32.const 0xffff)))`,
      () => `(select ${value(depth - 1)} ${value(depth - 1)} ${value(depth - 1)})`,
      () => `(call $f${next(3)} ${value(depth - 1)})`,
      () => `(i32.wrap_i64 (global.get $w))`,
      () => `(i32.trunc_sat_f64_s (global.get $d))`,
    )();
  };
  const statement = () => pick(
    () => `(i32.store${pick('', '8', '16')} offset=${next(512)} (i32.and ${value(2)} (i32.const 0xffff)) ${value(3)})`,
    () => `(global.set $g${next(4)} ${value(3)})`,
    () => `(global.set $w (i64.mul (i64.add (global.get $w) (i64.extend_i32_s ${value(2)})) (i64.const 6364136223846793005)))`,
    () => `(global.set $d (f64.mul (f64.convert_i32_s ${value(1)}) (f64.const 1.25)))`,
    () => `(local.set $x ${value(3)})`,
  )();
  const body = (count) => `(local $i i32) (local $x i32)
  (loop $more
  ${repeat(1 + next(count), statement)}
  (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${1 + next(40)}))))`;
  return `(module (memory (export "memory") 2)
  ${repeat(next(4), () => `(data (i32.const ${next(70000)}) "${repeat(next(20), () => 'abcXYZ'[next(6)]).replace(/\s/g, '')}")`)}
  ${repeat(4, (i) => `(global $g${i} (export "g${i}") (mut i32) (i32.const ${next(1000)}))`)}
  (global $w (export "w") (mut i64) (i64.const ${next(1000)})) (global $d (export "d") (mut f64) (f64.const 0.5))
  ${repeat(3, (i) => `(func $f${i} (param $i i32) (result i32) (local $x i32) ${i === 0 ? '(local.get $i)' : `(call $f${i - 1} (i32.xor (local.get $i) (global.get $g${i})))`})`)}
  (func (export "wizer-initialize") ${body(6)})
  (func (export "more") ${body(3)})
  (func (export "read") (result i64) (i64.xor (global.get $w) (i64.extend_i32_u (call $f2 (global.get $g0))))))`;
}

// Objects in globals: lists, trees, shared ones, cycles through null, arrays; and a hash of all of it.
function objects() {
  const node = (depth) => depth === 0 ? pick('(ref.null $n)', '(global.get $a)', '(global.get $b)', '(local.get $l)')
    : `(struct.new $n (i32.const ${next(1000) - 500}) (i64.const ${next(1 << 30)}) ${node(depth - 1)} ${node(next(depth))} ${any(depth - 1)})`;
  const any = (depth) => pick(
    () => '(ref.null any)',
    () => `(ref.i31 (i32.const ${next(1 << 20)}))`,
    () => depth <= 0 ? '(global.get $a)' : node(depth - 1),
    () => depth <= 0 ? '(global.get $k)' : `(array.new_fixed $v 2 ${any(depth - 1)} ${any(depth - 1)})`,
    () => `(array.new_fixed $s 3 (i32.const ${next(256)}) (i32.const ${next(256)}) (i32.const ${next(256)}))`,
  )();
  const set = (reference) => `(if (i32.eqz (ref.is_null ${reference})) (then (struct.set $n ${pick(
    () => `0 ${reference} (i32.const ${next(99)})`,
    () => `2 ${reference} ${node(1)}`,
    () => `3 ${reference} ${node(next(2))}`,
    () => `4 ${reference} ${any(2)}`,
  )()})))`;
  const statement = () => pick(
    () => `(global.set $${pick('a', 'b')} ${node(1 + next(3))})`,
    () => `(global.set $c ${any(2)})`,
    () => `(local.set $l ${node(1)})`,
    () => set(pick('(global.get $a)', '(global.get $b)', '(local.get $l)')),
    () => `(loop $more (global.set $a (struct.new $n (local.get $i) (i64.const 1) (global.get $a) (ref.null $n) (global.get $c)))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${pick(20, 50, 1100)}))))`,
  )();
  const body = (count) => `(local $l (ref null $n)) (local $i i32)\n  ${repeat(1 + next(count), statement)}`;
  return `(module
  (rec (type $n (struct (field (mut i32)) (field i64) (field (mut (ref null $n))) (field (mut (ref null $n))) (field (mut anyref)))))
  (type $v (array (mut anyref))) (type $s (array i8)) (type $seen (array (mut eqref)))
  (global $k (ref $s) (array.new_fixed $s 2 (i32.const 1) (i32.const 2)))
  (global $a (mut (ref null $n)) (ref.null $n)) (global $b (mut (ref null $n)) (ref.null $n)) (global $c (mut anyref) (ref.null any))
  (global $h (mut i64) (i64.const 0)) (global $count (mut i32) (i32.const 0)) (global $seen (mut (ref null $seen)) (ref.null $seen))
  (func $mix (param i64) (global.set $h (i64.mul (i64.xor (global.get $h) (local.get 0)) (i64.const 0x100000001b3))))
  (func $visit (param $r anyref) (local $i i32) (local $e eqref)
    (if (ref.is_null (local.get $r)) (then (call $mix (i64.const 1)) (return)))
    (if (ref.test (ref i31) (local.get $r)) (then (call $mix (i64.extend_i32_s (i31.get_s (ref.cast (ref i31) (local.get $r))))) (return)))
    (local.set $e (ref.cast eqref (local.get $r)))
    (block $end (loop $more
      (br_if $end (i32.ge_u (local.get $i) (global.get $count)))
      (if (ref.eq (local.get $e) (array.get $seen (global.get $seen) (local.get $i)))
        (then (call $mix (i64.extend_i32_u (i32.add (i32.const 1000) (local.get $i)))) (return)))
      (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $more)))
    (array.set $seen (global.get $seen) (global.get $count) (local.get $e))
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (if (ref.test (ref $n) (local.get $r)) (then
      (call $mix (i64.extend_i32_s (struct.get $n 0 (ref.cast (ref $n) (local.get $r)))))
      (call $mix (struct.get $n 1 (ref.cast (ref $n) (local.get $r))))
      (call $visit (struct.get $n 2 (ref.cast (ref $n) (local.get $r))))
      (call $visit (struct.get $n 3 (ref.cast (ref $n) (local.get $r))))
      (call $visit (struct.get $n 4 (ref.cast (ref $n) (local.get $r)))) (return)))
    (local.set $i (i32.const 0))
    (if (ref.test (ref $v) (local.get $r)) (then (loop $more
      (call $visit (array.get $v (ref.cast (ref $v) (local.get $r)) (local.get $i)))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (ref.cast (ref $v) (local.get $r)))))) (return)))
    (loop $more
      (call $mix (i64.extend_i32_u (array.get_u $s (ref.cast (ref $s) (local.get $r)) (local.get $i))))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (ref.cast (ref $s) (local.get $r)))))))
  (func (export "wizer-initialize") ${body(6)})
  (func (export "more") ${body(3)})
  (func (export "read") (result i64)
    (global.set $seen (array.new_default $seen (i32.const 20000))) (global.set $count (i32.const 0)) (global.set $h (i64.const 0))
    (call $visit (global.get $a)) (call $visit (global.get $b)) (call $visit (global.get $c)) (call $visit (global.get $k)) (global.get $h)))`;
}

const directory = mkdtempSync(join(tmpdir(), 'ctor-eval-'));
const path = (name) => join(directory, name);

function run(command, ...args) {
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return { status, text: stderr + stdout };
}

const tool = (name, ...args) => run(process.execPath, join(binaryen, 'bin', name), ...args);

// All that can be seen from outside.
function observe(exports) {
  let memory = 0n;
  if (exports.memory) {
    for (const word of new BigUint64Array(exports.memory.buffer)) memory = BigInt.asUintN(64, (memory ^ word) * 0x100000001b3n);
  }

  const globals = Object.entries(exports).filter(([, value]) => value instanceof WebAssembly.Global).map(([name, { value }]) => `${name}=${value}`);
  return [memory, ...globals, exports.read()].join(' ');
}

function observeAll(file, isInitialized) {
  const seen = [];
  for (const calls of [[], ['more']]) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path(file))));
    for (const call of isInitialized ? calls : ['wizer-initialize', ...calls]) exports[call]();
    seen.push(observe(exports));
  }

  return seen.join('; ');
}

let compared = 0;
let differences = 0;
const counts = { numbers: [0, 0], objects: [0, 0] };
for (let i = 0; i < options.count; i++) {
  const seed = options.seed + i;
  state = seed;
  const kind = seed % 2 === 0 ? 'numbers' : 'objects';
  writeFileSync(path('input.wat'), kind === 'numbers' ? numbers() : objects());
  const fail = (what) => {
    differences++;
    console.log(`seed ${seed}: ${what}`);
  };
  const parsed = tool('wasm-as', '-all', path('input.wat'), '-o', path('input.wasm'));
  if (parsed.status !== 0) throw new Error(parsed.text);
  let expected;
  try {
    expected = observeAll('input.wasm', false);
  } catch (error) {
    // What traps cannot be initialized.
    continue;
  }

  counts[kind][1]++;
  const ours = run(wizer[0], ...wizer.slice(1), path('input.wasm'), '-o', path('ours.wasm'));
  if (ours.status !== 0) fail(ours.text);
  else if (observeAll('ours.wasm', true) !== expected) fail(`${observeAll('ours.wasm', true)}, and not ${expected}`);

  const theirs = tool('wasm-ctor-eval', '-all', '--disable-custom-descriptors', '--quiet', '--ctors=wizer-initialize', path('input.wasm'), '-o', path('theirs.wasm'));
  const isDone = theirs.status === 0
    && !WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(path('theirs.wasm')))).some(({ name }) => name === 'wizer-initialize');
  if (isDone) {
    counts[kind][0]++;
    compared++;
    if (observeAll('theirs.wasm', true) !== expected) fail(`wasm-ctor-eval: ${observeAll('theirs.wasm', true)}, and not ${expected}`);
  }
}

rmSync(directory, { recursive: true });
for (const [kind, [done, all]] of Object.entries(counts)) console.log(`${kind}: ${all} modules, ${done} of them also with wasm-ctor-eval`);
console.log(`${differences === 0 && compared !== 0 ? 'ok' : 'FAIL'} ${compared} modules compared, ${differences} differences`);
process.exitCode = differences === 0 && compared !== 0 ? 0 : 1;
