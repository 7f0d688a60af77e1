// usage: node compare.test.mjs
// The comparison itself: that it finds each kind of difference, says where it is, and finds none between equal programs whose
// segments are cut differently. Prints a line for each.
import { compare } from "./compare.mjs";

const text = (string) => [string.length, ...new TextEncoder().encode(string)];
const vector = (items) => [items.length, ...items.flat()];
const section = (id, content) => [id, content.length, ...content];
const segment = (address, bytes) => [0x00, 0x41, address, 0x0b, bytes.length, ...bytes];
const i32 = (value) => [0x7f, 0x01, 0x41, value, 0x0b];
const i64 = (value) => [0x7e, 0x01, 0x42, value, 0x0b];
const v128 = (value) => [0x7b, 0x00, 0xfd, 0x0c, value, ...Array(15).fill(0), 0x0b];
const reference = (index) => [0x70, 0x00, 0xd2, index, 0x0b];
const body = (...instructions) => [instructions.length + 2, 0x00, ...instructions, 0x0b];

// What an unchanged module has; a test replaces a part.
const usual = {
  imports: [[...text("wasi"), ...text("exit"), 0x00, 0x00]],
  pages: [1],
  globals: [i32(7), i64(9), reference(1)],
  exports: [[...text("memory"), 0x02, 0x00], [...text("run"), 0x00, 0x01]],
  table: 2,
  bodies: [body(0x10, 0x00), body(0x01)],
  segments: [segment(16, [1, 2, 3, 0, 0, 0, 0, 0, 9])],
};

function assemble(changes = {}) {
  const parts = { ...usual, ...changes };
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([[0x60, 0x00, 0x00]])),
    ...section(2, vector(parts.imports)),
    ...section(3, vector(parts.bodies.map(() => [0x00]))),
    ...section(4, vector([[0x70, 0x00, parts.table]])),
    ...section(5, vector(parts.pages.map((count) => [0x00, count]))),
    ...section(6, vector(parts.globals)),
    ...(parts.exports.length === 0 ? [] : section(7, vector(parts.exports))),
    ...section(10, vector(parts.bodies)),
    ...section(11, vector(parts.segments)),
    ...section(0, [...text("name"), ...section(1, vector([[2, ...text("idle")]]))]),
  ]);
}

const cases = [
  ["nothing in equal modules", {}, null],
  ["nothing in equal memory from other segments", { segments: [segment(16, [1, 2, 3]), segment(24, [9])] }, null],
  ["nothing without exports", { exports: [] }, null, { exports: [] }],
  [
    "another import",
    { imports: [[...text("wasi"), ...text("quit"), 0x00, 0x00]] },
    "imports: import 0 is wasi.quit (function), the original's wasi.exit (function)",
  ],
  [
    "an export that is missing",
    { exports: usual.exports.slice(0, 1) },
    "exports: export 1 is missing, the original's run (function)",
  ],
  [
    "another instruction, in a function with a name",
    { bodies: [usual.bodies[0], body(0x00)] },
    "code: function 2 (idle), byte 1 of 3: 00 0b, the original has 01 0b",
  ],
  ["a function less", { bodies: usual.bodies.slice(0, 1) }, "code: 1 functions, the original has 2"],
  ["another table", { table: 3 }, "types, tables and elements: table section, byte 3: 03, the original has 02"],
  ["another global", { globals: [i32(7), i64(8), reference(1)] }, "globals: global 1 is 8, the original's 9"],
  ["a global less", { globals: usual.globals.slice(0, 2) }, "globals: global 2 is missing, the original's function 1"],
  ["another reference", { globals: [i32(7), i64(9), reference(2)] }, "globals: global 2 is function 2, the original's function 1"],
  [
    "another vector",
    { globals: [v128(1)] },
    "globals: byte 5 of the global section, which has vectors",
    { globals: [v128(2)] },
  ],
  ["another size of the memory", { pages: [2] }, "memory: memory 0 has 2 pages, the original's 1"],
  [
    "another byte in memory",
    { segments: [segment(16, [1, 2, 4, 0, 0, 0, 0, 0, 8])] },
    "memory: memory 0 at 0x12: 04 00 00 00 00 00 08 00, the original has 03 00 00 00 00 00 09 00; 2 bytes differ in 2 places",
  ],
  ["nothing in memory when told to look at the program only", { segments: [] }, null, {}, { isProgramOnly: true }],
  ["nothing where it is told not to look", { segments: [segment(16, [1, 2, 3, 4, 5, 0, 0, 0, 9])] }, null, {}, { ignored: [19, 20] }],
  [
    "what is beside it",
    { segments: [segment(16, [1, 2, 3, 4, 5, 6, 0, 0, 9])] },
    "memory: memory 0 at 0x15: 06 00 00 09 00 00 00 00, the original has 00 00 00 09 00 00 00 00; 1 bytes differ in 1 places",
    {},
    { ignored: [19, 20] },
  ],
];

let failures = 0;
for (const [what, ours, expected, theirs = {}, options = {}] of cases) {
  const results = await compare(assemble(ours), assemble(theirs), options);
  const found = results.filter(([, difference]) => difference !== null).map(([place, difference]) => `${place}: ${difference}`);
  // A function less is also a difference of the function section, an import less one of whatever counts functions.
  const passed = expected === null ? found.length === 0 : found.includes(expected);
  console.log(passed ? `ok   the comparison finds ${what}` : `FAIL the comparison finds ${what}: it says ${JSON.stringify(found)}`);
  failures += passed ? 0 : 1;
}
process.exitCode = failures === 0 ? 0 : 1;
