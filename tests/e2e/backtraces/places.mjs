// usage: places.mjs OURS ORIGINAL MODULE COUNT
// Asks both commands what is known about COUNT addresses of a module with debug information, and says where they differ. Each question
// is a module with its debug sections, and with functions that call one another from the addresses in question.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [ours, original, path, count] = process.argv.slice(2);
const framesShown = 50;

function leb(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

// In five bytes, so that an address does not depend on what is there.
const padded = (value) => [0, 7, 14, 21, 28].map((shift) => ((value >>> shift) & 127) | (shift < 28 ? 128 : 0));
const section = (id, contents) => Buffer.concat([Buffer.from([id, ...leb(contents.length)]), Buffer.from(contents)]);

function* sections(module) {
  for (let at = 8; at < module.length; ) {
    const id = module[at++];
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      size += (module[at] & 127) * 2 ** shift;
      more = module[at++] >= 128;
    }
    yield { id, contents: module.subarray(at, (at += size)) };
  }
}

// Functions before which nops fill the room, each calling the next one from its address; the last one traps at its own.
function moduleOf(addresses, debugSections) {
  const bodies = [];
  const calls = [];
  let end = 5;
  for (const address of addresses) {
    let nops = address - 6 - end;
    if (nops >= 7) {
      bodies.push(Buffer.concat([Buffer.from([0]), Buffer.alloc(nops - 7, 1), Buffer.from([0x0b])]));
      nops = 0;
    }
    calls.push(bodies.length);
    bodies.push(Buffer.from([0, ...Array(nops).fill(1), 0, 1, 1, 1, 1, 1, 0x0b]));
    end = address + 7;
  }
  calls.forEach((func, i) => {
    if (i + 1 < calls.length) Buffer.from([0x10, ...padded(calls[i + 1])]).copy(bodies[func], bodies[func].length - 7);
  });
  const name = Buffer.from('wizer-initialize');
  return Buffer.concat([
    Buffer.from('\0asm\x01\0\0\0', 'latin1'),
    section(1, [1, 0x60, 0, 0]),
    section(3, [...leb(bodies.length), ...bodies.map(() => 0)]),
    section(7, [1, name.length, ...name, 0, ...leb(calls[0])]),
    section(10, Buffer.concat([Buffer.from(padded(bodies.length)), ...bodies.flatMap((body) => [Buffer.from(padded(body.length)), body])])),
    ...debugSections.map((contents) => section(0, contents)),
  ]);
}

// What is printed for each frame, innermost first, without its offset.
function ask(command) {
  const environment = { ...process.env, WASMTIME_BACKTRACE_DETAILS: '1' };
  const { stderr } = spawnSync(command, ['places.wasm', '-o', 'places-out.wasm'], { env: environment, encoding: 'utf8' });
  return stderr.split(/\n +\d+: +0x[0-9a-f]+ - /).slice(1).map((frame) => frame.replace(/\n {4}1: wasm trap[^]*/, ''));
}

const module = [...sections(readFileSync(path))];
const debugSections = module.filter(({ id, contents }) => id === 0 && contents.toString('latin1', 1, 8) === '.debug_').map(({ contents }) => contents);
const codeLength = module.find(({ id }) => id === 10).contents.length;
let seed = 1;
const random = (limit) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % limit;
let asked = 0;
let known = 0;
let differences = 0;
while (asked < count) {
  const addresses = Array.from({ length: framesShown }, () => 20 + random(codeLength)).sort((left, right) => left - right);
  for (let i = addresses.length - 1; i > 0; i--) if (addresses[i] - addresses[i - 1] < 13) addresses.splice(i, 1);
  writeFileSync('places.wasm', moduleOf(addresses, debugSections));
  const [theirs, mine] = [ask(original), ask(ours)];
  addresses.reverse().forEach((address, i) => {
    asked++;
    known += /\n +at /.test(theirs[i]) ? 1 : 0;
    if (theirs[i] === undefined || theirs[i] !== mine[i]) {
      differences++;
      if (differences <= 5) console.log(`0x${address.toString(16)}\n  the original: ${theirs[i]}\n  ours: ${mine[i]}`);
    }
  });
}
console.log(`${asked} addresses, ${known} with places, ${differences} differences`);
process.exitCode = differences === 0 && known > asked / 2 ? 0 : 1;
