// usage: node add-init.mjs INPUT OUTPUT CALL...
// Adds a function that is exported as `wizer-initialize` to a module. A CALL is an exported function, which is given zeros and whose
// results are dropped; `name*100` calls it a hundred times.
import { readFileSync, writeFileSync } from 'node:fs';

const [input, output, ...calls] = process.argv.slice(2);
const bytes = readFileSync(input);
let at = 8;

const readU32 = () => {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
};

const u32 = value => {
  const encoded = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) encoded.push((value % 128) | 0x80);
  return [...encoded, value];
};

const sections = [];
while (at < bytes.length) {
  const id = bytes[at++];
  const size = readU32();
  sections.push({ id, contents: bytes.subarray(at, at + size) });
  at += size;
}

const contentsOf = id => sections.find(section => section.id === id)?.contents;

// The module that V8 compiles knows names, but no types: those are read here, of the forms that tools write for functions.
const zeros = { 0x7f: [0x41, 0], 0x7e: [0x42, 0], 0x7d: [0x43, 0, 0, 0, 0], 0x7c: [0x44, 0, 0, 0, 0, 0, 0, 0, 0] };
const read = (id, item) => {
  const whole = contentsOf(id);
  if (whole === undefined) return [];
  at = whole.byteOffset - bytes.byteOffset;
  return Array.from({ length: readU32() }, item);
};
const readName = () => {
  const length = readU32();
  at += length;
  return bytes.toString('utf8', at - length, at);
};
const readLimits = () => {
  const flags = bytes[at++];
  readU32();
  if (flags & 1) readU32();
};

const types = read(1, () => {
  if (bytes[at++] !== 0x60) throw new Error('a type that is no function');
  const list = () => Array.from({ length: readU32() }, () => bytes[at++]);
  return { parameters: list(), results: list() };
});
const funcs = [];
read(2, () => {
  readName();
  readName();
  const kind = bytes[at++];
  if (kind === 0) funcs.push(readU32());
  else if (kind === 1) {
    at++;
    readLimits();
  } else if (kind === 2) readLimits();
  else if (kind === 3) at += 2;
  else {
    at++;
    readU32();
  }
});
funcs.push(...read(3, readU32));
const exported = new Map(read(7, () => [readName(), bytes[at++], readU32()]).filter(([, kind]) => kind === 0)
  .map(([name, , index]) => [name, index]));

const body = [0];
for (const call of calls) {
  const [name, count = 1] = call.split('*');
  const index = exported.get(name);
  if (index === undefined) throw new Error(`no function is exported as ${name}`);
  const { parameters, results } = types[funcs[index]];
  for (let i = 0; i < Number(count); i++) {
    body.push(...parameters.flatMap(type => zeros[type]), 0x10, ...u32(index), ...results.map(() => 0x1a));
  }
}
body.push(0x0b);

const name = Buffer.from('wizer-initialize');
const added = {
  1: [0x60, 0, 0],
  3: u32(types.length),
  7: [...u32(name.length), ...name, 0, ...u32(funcs.length)],
  10: [...u32(body.length), ...body],
};
const pieces = [bytes.subarray(0, 8)];
for (const { id, contents } of sections) {
  let whole = contents;
  if (added[id] !== undefined) {
    at = contents.byteOffset - bytes.byteOffset;
    const count = readU32();
    const rest = bytes.subarray(at, contents.byteOffset - bytes.byteOffset + contents.length);
    whole = Buffer.concat([Buffer.from(u32(count + 1)), rest, Buffer.from(added[id])]);
  }
  pieces.push(Buffer.from([id, ...u32(whole.length)]), whole);
}
writeFileSync(output, Buffer.concat(pieces));
