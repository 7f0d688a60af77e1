// usage: node check.mjs <our output> <the original's output>
// Looks at both through V8: that ours is valid, has the exports it should have, and, run in a world of stubs, calls the
// host exactly as the original's does. Prints one line `ok ...` or `FAIL ...` for each check; exits 1 if any failed.
import { readFileSync } from "node:fs";

const [ours, theirs] = process.argv.slice(2);
let failures = 0;

function check(what, passed, detail = "") {
  console.log(`${passed ? "ok  " : "FAIL"} ${what}${passed || !detail ? "" : `: ${detail}`}`);
  failures += passed ? 0 : 1;
}

// The world of the stubs: no arguments, no environment, time stands still, chance is zero; what is written is kept, and every
// other import answers "error". The guest calls the host until it gives up.
async function run(module) {
  const trace = [];
  let memory;
  const set = (address, value) => new DataView(memory.buffer).setUint32(address, value, true);
  const text = (address, length) => new TextDecoder().decode(new Uint8Array(memory.buffer, address, length));
  const put = (answer, address, written) => {
    set(written, new TextEncoder().encodeInto(answer, new Uint8Array(memory.buffer, address)).written);
    return 0;
  };
  const world = {
    args_sizes_get: (count, size) => (set(count, 0), set(size, 0), 0),
    args_get: () => 0,
    environ_sizes_get: (count, size) => (set(count, 0), set(size, 0), 0),
    environ_get: () => 0,
    clock_time_get: (_id, _precision, time) => (set(time, 0), set(time + 4, 0), 0),
    random_get: (address, length) => (new Uint8Array(memory.buffer, address, length).fill(0), 0),
    fd_write: (fd, vectors, count, written) => {
      const view = new DataView(memory.buffer);
      let length = 0;
      for (let at = vectors; at < vectors + 8 * count; at += 8) {
        length += view.getUint32(at + 4, true);
        trace.push(`writes to ${fd}: ${JSON.stringify(text(view.getUint32(at, true), view.getUint32(at + 4, true)))}`);
      }
      set(written, length);
      return 0;
    },
    // A request, so that the service's handler runs. Handles are numbers of the host's choosing.
    "fastly_http_req.body_downstream_get": (request, body) => (set(request, 1), set(body, 2), 0),
    "fastly_http_req.uri_get": (_request, address, _length, written) => put("https://example.com/primes/1999", address, written),
    "fastly_http_req.method_get": (_request, address, _length, written) => put("GET", address, written),
    "fastly_http_resp.new": (response) => (set(response, 3), 0),
    "fastly_http_resp.status_set": () => 0,
    "fastly_http_resp.status_get": (_response, status) => (new DataView(memory.buffer).setUint16(status, 200, true), 0),
    "fastly_http_resp.header_insert": () => 0,
    "fastly_http_resp.send_downstream": () => 0,
    "fastly_http_body.new": (body) => (set(body, 4), 0),
    "fastly_http_body.write": (_body, address, length, _end, written) => {
      trace.push(`answers ${JSON.stringify(text(address, length))}`);
      set(written, length);
      return 0;
    },
    "fastly_http_body.close": () => 0,
    proc_exit: (code) => {
      throw new Error(`exits with ${code}`);
    },
  };
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind !== "function") throw new Error(`unexpected import ${from}.${name} of kind ${kind}`);
    (imports[from] ??= {})[name] = (...values) => {
      trace.push(`${from}.${name}`);
      if (trace.length > 10_000) throw new Error("calls for ever");
      return (world[`${from}.${name}`] ?? world[name])?.(...values) ?? 1;
    };
  }
  const instance = await WebAssembly.instantiate(module, imports);
  memory = instance.exports.memory;
  try {
    instance.exports._start();
    trace.push("returns");
  } catch (error) {
    trace.push(error.message);
  }
  return trace;
}

const bytes = readFileSync(ours);
const valid = WebAssembly.validate(bytes);
check("V8 validates our output", valid);
if (!valid) process.exit(1);

const module = new WebAssembly.Module(bytes);
const names = (list) => list.map((entry) => `${entry.module ?? ""} ${entry.name} ${entry.kind}`).join("\n");
const exported = WebAssembly.Module.exports(module).map((entry) => entry.name);
check("wizer.initialize is gone", !exported.includes("wizer.initialize"));
check("_initialize is gone", !exported.includes("_initialize"));
check("_start is there", exported.includes("_start"));
check("wizer.resume is gone, renamed to _start", !exported.includes("wizer.resume"));

const original = new WebAssembly.Module(readFileSync(theirs));
check(
  "exports are the original's",
  names(WebAssembly.Module.exports(module)) === names(WebAssembly.Module.exports(original)),
  names(WebAssembly.Module.exports(module)),
);
check("imports are the original's", names(WebAssembly.Module.imports(module)) === names(WebAssembly.Module.imports(original)));

const ourTrace = await run(module);
check("the service answers its first request from the state of the snapshot", ourTrace.includes('answers "17389"'));
const theirTrace = await run(original);
const difference = ourTrace.findIndex((step, i) => step !== theirTrace[i]);
check(
  `in a world of stubs it does what the original's does, ${ourTrace.length} steps (the last: ${ourTrace.at(-1)})`,
  difference < 0 && ourTrace.length === theirTrace.length,
  `step ${difference} is ${ourTrace[difference]} and not ${theirTrace[difference]}`,
);
if (process.env.VERBOSE) console.log(ourTrace.join("\n"));

process.exit(failures === 0 ? 0 : 1);
