// usage: node compare.mjs [--program-only | --but FIRST-LAST] OURS THEIRS
// Compares two pre-initialized modules as V8 sees them: imports, exports, code, what else is not state, and, unless the guest
// drew random numbers (--program-only), every global and every byte of memory after instantiation. How the data segments cut
// the memory up is not compared, nor is what lies at the addresses FIRST to LAST of memory 0, in hexadecimal. Prints a line `ok ...` or `FAIL ...` for each, with the first difference in words.
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const sections = { custom: 0, type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6, export: 7, start: 8, element: 9, code: 10 };
const kinds = { function: 0, table: 1, memory: 2, global: 3, tag: 4 };

class Cursor {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  u32() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  name() {
    return new TextDecoder().decode(this.take(this.u32()));
  }
}

function leb128(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return [...bytes, value];
}

// A module as its sections, in order; contents are views of the file.
export class Binary {
  constructor(bytes) {
    this.bytes = bytes;
    this.module = new WebAssembly.Module(bytes);
    this.imports = WebAssembly.Module.imports(this.module);
    this.exports = WebAssembly.Module.exports(this.module);
    this.sections = [];
    const cursor = new Cursor(bytes, 8);
    while (cursor.at < bytes.length) {
      const begin = cursor.at;
      const id = cursor.u32();
      const content = cursor.take(cursor.u32());
      this.sections.push({ id, content, whole: bytes.subarray(begin, cursor.at) });
    }
  }
  content(id) {
    return this.sections.find((section) => section.id === id)?.content ?? new Uint8Array();
  }
  count(id) {
    const content = this.content(id);
    return content.length === 0 ? 0 : new Cursor(content).u32();
  }
  imported(kind) {
    return this.imports.filter((entry) => entry.kind === kind).length;
  }
  bodies() {
    const cursor = new Cursor(this.content(sections.code));
    return Array.from({ length: this.count(sections.code) && cursor.u32() }, () => cursor.take(cursor.u32()));
  }
  functionName(index) {
    const names = this.sections.find((section) => section.id === 0 && new Cursor(section.content).name() === "name");
    if (names) {
      const cursor = new Cursor(names.content);
      cursor.name();
      while (cursor.at < names.content.length) {
        const [id, length] = [cursor.u32(), cursor.u32()];
        const end = cursor.at + length;
        if (id === 1) {
          for (let count = cursor.u32(); count > 0; count--) {
            const [at, name] = [cursor.u32(), cursor.name()];
            if (at === index) return `function ${index} (${name})`;
          }
        }
        cursor.at = end;
      }
    }
    return `function ${index}`;
  }
  // The same module with all its globals and memories exported, so that JavaScript can look at them.
  opened() {
    const added = [];
    const open = (kind, count) => {
      for (let index = 0; index < count; index++) {
        const name = new TextEncoder().encode(`compare ${kind} ${index}`);
        added.push(...leb128(name.length), ...name, kinds[kind], ...leb128(index));
      }
      return count;
    };
    const total =
      this.count(sections.export) +
      open("global", this.imported("global") + this.count(sections.global)) +
      open("memory", this.imported("memory") + this.count(sections.memory));
    const old = new Cursor(this.content(sections.export));
    if (old.bytes.length > 0) old.u32();
    const content = [...leb128(total), ...old.bytes.subarray(old.at), ...added];
    const section = [sections.export, ...leb128(content.length), ...content];
    // Custom sections may be anywhere, and a tag section (13) comes before the globals: the export's place is before the first
    // of its successors.
    const kept = this.sections.filter((one) => one.id !== sections.export);
    const place = kept.findIndex((one) => one.id >= sections.start && one.id <= 12);
    const parts = kept.map((one) => one.whole);
    parts.splice(place < 0 ? parts.length : place, 0, Uint8Array.from(section));
    return Buffer.concat([this.bytes.subarray(0, 8), ...parts]);
  }
  // Globals and memories right after instantiation, with imports that do nothing.
  async state() {
    const imports = {};
    for (const { module, name, kind } of this.imports) {
      if (kind !== "function") throw new Error(`${module}.${name} is an imported ${kind}`);
      (imports[module] ??= {})[name] = () => 0;
    }
    const { exports } = await WebAssembly.instantiate(new WebAssembly.Module(this.opened()), imports);
    const all = (kind) => {
      const found = [];
      for (let name; (name = `compare ${kind} ${found.length}`) in exports; ) found.push(exports[name]);
      return found;
    };
    return { globals: all("global"), memories: all("memory") };
  }
}

const hex = (number) => `0x${number.toString(16)}`;
const shown = (bytes, at) => {
  const some = Array.from(bytes.subarray(at, at + 8), (byte) => byte.toString(16).padStart(2, "0"));
  return some.length > 0 ? some.join(" ") : "nothing";
};

function firstDifference(ours, theirs) {
  const length = Math.min(ours.length, theirs.length);
  const block = 1 << 16;
  for (let begin = 0; begin < length; begin += block) {
    const end = Math.min(begin + block, length);
    if (Buffer.compare(ours.subarray(begin, end), theirs.subarray(begin, end)) === 0) continue;
    for (let at = begin; ; at++) if (ours[at] !== theirs[at]) return at;
  }
  return ours.length === theirs.length ? -1 : length;
}

function entryDifference(what, ours, theirs) {
  const words = (entry) => (entry ? `${entry.module === undefined ? "" : `${entry.module}.`}${entry.name} (${entry.kind})` : "missing");
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    if (words(ours[i]) !== words(theirs[i])) return `${what} ${i} is ${words(ours[i])}, the original's ${words(theirs[i])}`;
  }
  return null;
}

function codeDifference(ours, theirs) {
  const [our, their] = [ours.bodies(), theirs.bodies()];
  if (our.length !== their.length) return `${our.length} functions, the original has ${their.length}`;
  for (let i = 0; i < our.length; i++) {
    const at = firstDifference(our[i], their[i]);
    if (at >= 0) {
      const name = ours.functionName(ours.imported("function") + i);
      return `${name}, byte ${at} of ${our[i].length}: ${shown(our[i], at)}, the original has ${shown(their[i], at)}`;
    }
  }
  // Equal bodies in different bytes: the lengths before them may be padded.
  const at = firstDifference(ours.content(sections.code), theirs.content(sections.code));
  return at < 0 ? null : `byte ${at} of the section, outside of the bodies`;
}

function sectionDifference(ours, theirs) {
  for (const name of ["type", "function", "table", "start", "element"]) {
    const [our, their] = [ours.content(sections[name]), theirs.content(sections[name])];
    const at = firstDifference(our, their);
    if (at >= 0) return `${name} section, byte ${at}: ${shown(our, at)}, the original has ${shown(their, at)}`;
  }
  return null;
}

// A function is known by its index, which is the name that JavaScript sees; a vector cannot be read at all.
function globalValue(global) {
  try {
    const value = global.value;
    if (typeof value === "function") return `function ${value.name}`;
    return Object.is(value, -0) ? "-0" : String(value);
  } catch {
    return "a vector";
  }
}

function globalDifference(ours, theirs, ourState, theirState) {
  const count = Math.max(ourState.globals.length, theirState.globals.length);
  let hasVectors = false;
  for (let i = 0; i < count; i++) {
    const [our, their] = [ourState, theirState].map(({ globals }) => (globals[i] ? globalValue(globals[i]) : "missing"));
    if (our !== their) return `global ${i} is ${our}, the original's ${their}`;
    hasVectors ||= our === "a vector";
  }
  if (!hasVectors) return null;
  const at = firstDifference(ours.content(sections.global), theirs.content(sections.global));
  return at < 0 ? null : `byte ${at} of the global section, which has vectors`;
}

function memoryDifference(ourState, theirState, ignored) {
  if (ourState.memories.length !== theirState.memories.length) {
    return `${ourState.memories.length} memories, the original has ${theirState.memories.length}`;
  }
  for (let i = 0; i < ourState.memories.length; i++) {
    const [our, their] = [ourState, theirState].map(({ memories }) => new Uint8Array(memories[i].buffer));
    if (our.length !== their.length) return `memory ${i} has ${our.length / 65536} pages, the original's ${their.length / 65536}`;
    if (i === 0 && ignored) their.set(our.subarray(ignored[0], ignored[1] + 1), ignored[0]);
    const at = firstDifference(our, their);
    if (at < 0) continue;
    let differing = 0;
    let runs = 0;
    for (let j = at, inRun = false; j < our.length; j++) {
      const differs = our[j] !== their[j];
      differing += differs ? 1 : 0;
      runs += differs && !inRun ? 1 : 0;
      inRun = differs;
    }
    return `memory ${i} at ${hex(at)}: ${shown(our, at)}, the original has ${shown(their, at)}; ${differing} bytes differ in ${runs} places`;
  }
  return null;
}

// What was compared, each with the first difference in words, or null.
export async function compare(ourBytes, theirBytes, { isProgramOnly = false, ignored } = {}) {
  const [ours, theirs] = [new Binary(ourBytes), new Binary(theirBytes)];
  const results = [
    ["imports", entryDifference("import", ours.imports, theirs.imports)],
    ["exports", entryDifference("export", ours.exports, theirs.exports)],
    ["code", codeDifference(ours, theirs)],
    ["types, tables and elements", sectionDifference(ours, theirs)],
  ];
  const [ourState, theirState] = [await ours.state(), await theirs.state()];
  if (!isProgramOnly) {
    results.push(["globals", globalDifference(ours, theirs, ourState, theirState)]);
    results.push(["memory", memoryDifference(ourState, theirState, ignored)]);
  }
  return results;
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const { values, positionals } = parseArgs({
    options: { "program-only": { type: "boolean" }, but: { type: "string" } },
    allowPositionals: true,
  });
  const [ours, theirs] = positionals.map((file) => readFileSync(file));
  const ignored = values.but?.split("-").map((address) => Number.parseInt(address, 16));
  let failures = 0;
  for (const [what, difference] of await compare(ours, theirs, { isProgramOnly: values["program-only"], ignored })) {
    console.log(difference === null ? `ok   the original's ${what}` : `FAIL the original's ${what}: ${difference}`);
    failures += difference === null ? 0 : 1;
  }
  process.exitCode = failures === 0 ? 0 : 1;
}
