// usage: node check.mjs APPLICATION OURS THEIRS
// Sends requests to the pre-initialized service in a world of stubs, each to an instance of its own. It must answer as the same
// application does in node, and call its host exactly as the original's output does. Prints `ok ...` or `FAIL ...` for each.
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

const [application, ours, theirs] = process.argv.slice(2);
const requests = [
  "/",
  "/primes/1999",
  "/roman/1994",
  "/crc/pre-initialized",
  "/documents/about",
  "/documents/rules",
  "/documents/none",
  "/calculate?x=" + encodeURIComponent("-2**2 + max(1, n, prime(3)) * gcd(12, 18) / (pi - pi + 4)") + "&n=9.5",
  "/calculate?x=" + encodeURIComponent("1 + (2"),
  "/calculate?x=" + encodeURIComponent("2 $ 3"),
  "/towns",
  "/towns/3",
  "/towns/6",
  "/towns/4/json",
  "/towns/99",
  "/tags/rail",
  "/no/such/page",
];

let failures = 0;
function check(what, passed, detail = "") {
  console.log(`${passed ? "ok  " : "FAIL"} ${what}${passed || !detail ? "" : `: ${detail}`}`);
  failures += passed ? 0 : 1;
}

// What node makes of the application.
function expected(url) {
  const seen = {};
  const context = createContext({
    URL,
    TextEncoder,
    console: { log: (line) => (seen.log = line) },
    Response: class {
      constructor(body, { status }) {
        Object.assign(seen, { body, status });
      }
    },
    addEventListener: (_type, listener) => (seen.listener = listener),
  });
  runInContext(readFileSync(application, "utf8"), context);
  seen.listener({ request: { url, method: "GET" }, respondWith: () => {} });
  return `${seen.status} ${JSON.stringify(seen.body)}, logs ${JSON.stringify(`${seen.log}\n`)}`;
}

// The world of the stubs: no arguments, no environment, time stands still, chance is zero; what is written is kept, and every
// other import answers "error". Handles are numbers of the host's choosing.
async function run(module, url) {
  const trace = [];
  const seen = { body: "", status: 0, log: "" };
  let memory;
  const view = () => new DataView(memory.buffer);
  const set = (address, value) => view().setUint32(address, value, true);
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
      let length = 0;
      for (let at = vectors; at < vectors + 8 * count; at += 8) {
        const piece = text(view().getUint32(at, true), view().getUint32(at + 4, true));
        length += view().getUint32(at + 4, true);
        trace.push(`writes to ${fd}: ${JSON.stringify(piece)}`);
        seen.log += piece;
      }
      set(written, length);
      return 0;
    },
    "fastly_http_req.body_downstream_get": (request, body) => (set(request, 1), set(body, 2), 0),
    "fastly_http_req.uri_get": (_request, address, _length, written) => put(url, address, written),
    "fastly_http_req.method_get": (_request, address, _length, written) => put("GET", address, written),
    "fastly_http_resp.new": (response) => (set(response, 3), 0),
    "fastly_http_resp.status_set": (_response, status) => ((seen.status = status), 0),
    "fastly_http_resp.status_get": (_response, status) => (view().setUint16(status, seen.status || 200, true), 0),
    "fastly_http_resp.header_insert": () => 0,
    "fastly_http_resp.send_downstream": () => 0,
    "fastly_http_body.new": (body) => (set(body, 4), 0),
    "fastly_http_body.write": (_body, address, length, _end, written) => {
      seen.body += text(address, length);
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
  return { trace, answer: `${seen.status} ${JSON.stringify(seen.body)}, logs ${JSON.stringify(seen.log)}` };
}

const [ourModule, theirModule] = [ours, theirs].map((file) => new WebAssembly.Module(readFileSync(file)));
const exported = WebAssembly.Module.exports(ourModule).map((entry) => entry.name);
check("wizer.initialize is gone", !exported.includes("wizer.initialize"));
check("_initialize is gone", !exported.includes("_initialize"));
check("_start is there, in the place of wizer.resume", exported.includes("_start") && !exported.includes("wizer.resume"));

const wrong = [];
const different = [];
let steps = 0;
for (const path of requests) {
  const url = `https://example.com${path}`;
  const [our, their] = [await run(ourModule, url), await run(theirModule, url)];
  steps += our.trace.length;
  if (our.answer !== expected(url)) wrong.push(`${path} is answered ${our.answer}, in node ${expected(url)}`);
  const at = our.trace.findIndex((step, i) => step !== their.trace[i]);
  if (at >= 0 || our.trace.length !== their.trace.length) different.push(`${path}, step ${at} is ${our.trace[at]}, the original's ${their.trace[at]}`);
  if (process.env.VERBOSE) console.log(`     ${path}: ${our.answer}`);
}
check(`${requests.length} requests are answered from the state of the snapshot as they are in node`, wrong.length === 0, wrong[0]);
check(`with ${steps} calls of the host, those of the original's output`, different.length === 0, different[0]);
process.exitCode = failures === 0 ? 0 : 1;
