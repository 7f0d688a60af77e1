// Reads what our engine observed (EngineRun.cs says in which form), does the same in V8, and prints every difference.
// The last line is `ok N modules, N calls, 0 differences` or begins with `FAIL`.
import { createInterface } from "node:readline";

// V8 says less than the official texts in places: one of its messages may stand for several of ours.
const TRAPS = [
  [/^unreachable$/, "unreachable"],
  [/^(divide|remainder) by zero$/, "integer divide by zero"],
  [/^divide result unrepresentable$/, "integer overflow"],
  [/^float unrepresentable in integer range$/, "integer overflow", "invalid conversion to integer"],
  // An atomic access may be both; which of the two is said is not specified.
  [/^memory access out of bounds$/, "out of bounds memory access", "unaligned atomic"],
  [/^operation does not support unaligned accesses$/, "unaligned atomic", "out of bounds memory access"],
  [/^data segment (\d+ )?(is )?out of bounds/, "out of bounds memory access"],
  [/^table index is out of bounds$/, "undefined element", "out of bounds table access"],
  [/^table (access )?out of bounds$|^element segment out of bounds$/, "out of bounds table access"],
  [/^table initializer \d+:? .*(out of bounds|does not fit)|^table initializer .*table access/, "out of bounds table access"],
  [/^null function or function signature mismatch$/, "uninitialized element", "indirect call type mismatch"],
  [/^dereferencing a null pointer$/, "null function reference"],
  [/^rethrowing null value$/, "null exception reference"],
  [/^Maximum call stack size exceeded$/, "call stack exhausted"],
];

const imports = {
  host: { mix: (a, b) => BigInt.asIntN(64, b * 31n + BigInt(a)) },
};

const options = process.argv.slice(2).map((option) => option + " ").join("");
let modules = 0;
let calls = 0;
let traps = 0;
let differences = 0;
let seed = "";
let instance = null;

function differ(what, ours, theirs) {
  differences++;
  console.log(`DIFFERENCE seed ${seed}: ${what}`);
  console.log(`  ours: ${ours}`);
  console.log(`  V8:   ${theirs}`);
  console.log(`  again: tests/differential/run ${options}--seed ${seed} --count 1   the module: tests/differential/run ${options}--generate --seed ${seed}`);
}

const parse = (hex) => (hex.length === 8 ? parseInt(hex, 16) | 0 : BigInt.asIntN(64, BigInt("0x" + hex)));
const print = (value) =>
  typeof value === "bigint" ? BigInt.asUintN(64, value).toString(16).padStart(16, "0") : (value >>> 0).toString(16).padStart(8, "0");
const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** What happened, in the words of our side where V8's message allows it. */
function outcome(action, ours) {
  try {
    return "ok\t" + action();
  } catch (error) {
    if (error instanceof WebAssembly.Exception) return "trap\tunhandled exception";
    if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) return String(error);
    const message = error.message.replace(/^WebAssembly\.Instance\(\): /, "");
    const [, ...texts] = TRAPS.find(([pattern]) => pattern.test(message)) ?? [];
    return texts.some((text) => ours === "trap\t" + text) ? ours : "trap\t" + message;
  }
}

function check(what, ours, theirs) {
  if (ours !== theirs) differ(what, ours, theirs);
  if (theirs.startsWith("trap")) traps++;
}

function hashes(memory) {
  const words = new Uint32Array(memory.buffer);
  let text = "";
  for (let page = 0; page < words.length; page += 16384) {
    let hash = 0x811c9dc5;
    for (let i = page; i < page + 16384; i++) hash = Math.imul(hash ^ words[i], 0x01000193);
    text += (hash >>> 0).toString(16).padStart(8, "0");
  }
  return `${words.length / 16384}\t${text}`;
}

function elements(table) {
  const names = [];
  // The name of an exported function is its index.
  const index = typeof table.length === "bigint" ? BigInt : Number;
  for (let i = 0; i < table.length; i++) names.push(table.get(index(i))?.name ?? "-");
  return names.join(",");
}

const perform = {
  module([number, base64]) {
    modules++;
    seed = number;
    instance = null;
    perform.bytes = Buffer.from(base64, "base64");
  },
  start(ours) {
    const text = ours.join("\t");
    const theirs = outcome(() => {
      instance = new WebAssembly.Instance(new WebAssembly.Module(perform.bytes), imports);
      return "";
    }, text);
    check("instantiation", text, theirs.trimEnd());
  },
  call([name, hex, ...ours]) {
    if (!instance) return;
    calls++;
    const text = ours.join("\t");
    const values = hex === "" ? [] : hex.split(",").map(parse);
    check(`${name}(${hex})`, text, outcome(() => list(instance.exports[name](...values)).map(print).join(","), text));
  },
  table([name, ours]) {
    if (instance) check(name, ours, elements(instance.exports[name]));
  },
  memory([name, ...ours]) {
    if (instance) check(name, ours.join("\t"), hashes(instance.exports[name]));
  },
  invalid([number, message]) {
    seed = number;
    differ("validation of a generated module", message, perform.bytes && WebAssembly.validate(perform.bytes) ? "valid" : "invalid, too");
  },
  end() {
    instance = null;
  },
};

let last = "";
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const [kind, ...cells] = line.split("\t");
  perform[kind](cells);
  last = kind;
}

if (last !== "end" && last !== "invalid") {
  differ("our engine", `ended after a line "${last}"`, "would have gone on");
}

console.log(`${traps} of the calls trapped`);
console.log(`${differences === 0 ? "ok" : "FAIL"} ${modules} modules, ${calls} calls, ${differences} differences`);
process.exitCode = differences === 0 ? 0 : 1;
