// What is run. A workload has a name; an input and the arguments all tools get (`-o` and the input come last); a standard
// input, environment and directory where its real caller gives some; what it should reach (issue: ours divided by the
// original's), for each of our commands; what check.mjs should do with the outputs, and whether their state `varies` from run to
// run. What the original cannot run says that V8 is the opponent, and by which export it is initialized there.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { makeApplication, makeParser } from "./application.mjs";
import { mergeEngine } from "./engines.mjs";

const MiB = 1 << 20;

// Ours divided by the original's, at most; or, where named so, an absolute limit.
const both = (reach) => ({ native: reach, readyToRun: reach });
const shape = (touched) => both({ wall: 1, rssLimit: touched * MiB + 60e6 });
const engineSmall = { native: { wall: 1 / 22, cpu: 1 / 20, rssLimit: 38e6 }, readyToRun: { wall: 1 / 12, cpu: 1 / 20, rss: 1 / 4 } };
const engineLarge = { native: { wall: 1 / 22, cpu: 1 / 20, rss: 1 / 4 }, readyToRun: { wall: 1 / 8, cpu: 1 / 12, rss: 1 / 3 } };
const engineDebug = both({ wall: 1 / 8, cpu: 1 / 12, rss: 1 / 3 });
const program = both({ wall: 1, rss: 1 });
const computing = { native: { wall: 0.95, rss: 1 }, readyToRun: { wall: 1, rss: 1 } };
const tailCalls = { native: { wall: 1, rss: 1 }, readyToRun: { wall: 1 } };
const memories = both({ wall: 1.5 });
const exceptions = both({ wall: 1.5 });
const vectors = both({ wall: 1, rss: 1 });

export async function workloads(here, work, quick) {
  const wabt = await (await import(pathToFileURL(join(work, "wabt", "index.js")))).default();
  const inputs = join(work, "inputs");
  mkdirSync(inputs, { recursive: true });

  function wat(name, description, rest) {
    const module = wabt.parseWat(`${name}.wat`, readFileSync(join(here, "workloads", `${name}.wat`), "utf8"));
    const input = join(inputs, `${name}.wasm`);
    writeFileSync(input, module.toBinary({}).buffer);
    return { name, description, input, initialize: "wizer-initialize", args: [], ...rest };
  }

  const list = [
    wat("startup", "a module of some 60 bytes", {
      group: "start-up",
      repeat: 6,
      hello: true,
      reach: { native: { wall: 0.9, rssLimit: 8e6 }, readyToRun: { wallLimit: 0.04, wallOfHello: 1.7, rssLimit: 45e6 } },
      calls: [],
    }),
    wat("sparse", "256 MiB, a word in each 64 KiB", {
      group: "memory",
      reach: shape(16),
      calls: [["at", 72], ["at", 0x0fff0048], ["at", 0x0fff0050]],
    }),
    wat("dense", "512 MiB without a zero", {
      group: "memory",
      reach: shape(512),
      calls: [["at", 0], ["at", 0x1ffffffc]],
    }),
    wat("untouched", "1 GiB, grown and left alone", {
      group: "memory",
      reach: shape(0),
      calls: [["at", 8], ["at", 0x3ffffffc]],
    }),
    wat("isolated", "100,000 bytes that are not zero", {
      group: "memory",
      reach: shape(62),
      calls: [["at", 0], ["at", 641], ["at", 642], ["at", 64_099_359]],
    }),
  ];
  if (quick) return list.filter(({ name }) => name === "startup" || name === "sparse");

  function compute(name, description, engine, source, reach, phases = false) {
    const directory = join(work, "js-compute");
    const application = `${name}.js`;
    writeFileSync(join(directory, application), source);
    return {
      name,
      description,
      group: "JavaScript",
      input: engine,
      cwd: directory,
      args: ["--inherit-env=true", "--allow-wasi", "--dir=.", "-f", "wizer.initialize", "-r", "_start=wizer.resume", "--wasm-bulk-memory=true"],
      stdin: `${application} --legacy-script`,
      reach,
      phases,
      request: "/checksum",
    };
  }
  if (existsSync(join(work, "js-compute"))) {
    list.push(
      compute("fastly-100", "`fastly.wasm`, an application of 100 lines", "fastly.wasm", makeApplication(100), engineSmall, true),
      compute("fastly-2000", "`fastly.wasm`, 2,000 lines", "fastly.wasm", makeApplication(2000), engineLarge),
      compute("fastly-debug", "`fastly.debug.wasm` (36 MB), 100 lines", "fastly.debug.wasm", makeApplication(100), engineDebug),
      compute("acorn", "`fastly.wasm`, acorn parses itself four times", "fastly.wasm", makeParser(readFileSync(join(work, "acorn/dist/acorn.js"), "utf8"), 4), program),
    );
  }

  const componentize = join(work, "componentize", "captured", "call.json");
  if (existsSync(componentize)) {
    list.push({
      name: "componentize-js",
      description: "`starlingmonkey_embedding.wasm`, as componentize-js calls it",
      group: "JavaScript",
      ...JSON.parse(readFileSync(componentize, "utf8")),
      component: [["add", 40, 2], ["cabi_post_add", 42], ["word", 1234]],
      reach: engineLarge,
    });
  }

  // Text that only binaryen reads: wabt has no `try_table`.
  function assembled(name, description, group, reach, calls, rest) {
    const input = join(inputs, `${name}.wasm`);
    execFileSync(process.execPath, [join(work, "binaryen/bin/wasm-as"), "--all-features", join(here, "workloads", `${name}.wat`), "-o", input]);
    list.push({ name, description, group, input, initialize: "wizer-initialize", args: [], reach, calls, ...rest });
  }
  const words = [0, 4, 8, 0x1000, 0xfffc].map((address) => ["at", address]);
  const places = [7, 0x100000, 0x1f0000, 0x200000, 0x2f0000, 0x300000, 0x400000].map((address) => ["at", address]);
  assembled("memory64", "sieve, sums, vectors, copies in a 64-bit memory", "memories", memories, places);
  assembled("memories", "the same in a memory above the first", "memories", memories, places);
  assembled("handlers", "a busy `try_table`, one of 64 throws", "exceptions", exceptions, words, { opponent: "v8" });
  assembled("throws", "throws across frames with handlers of their own", "exceptions", exceptions, words, { opponent: "v8" });
  assembled("legacy", "handlers of the older kind, one of 256 throws", "exceptions", exceptions, words, { opponent: "v8" });

  function engine(name, description, file, as, texts, rest) {
    const merged = mergeEngine({ here, work, wabt, name, engine: join(work, file), as, texts });
    const initialize = "wizer.initialize";
    list.push({ name, description, group: "engines", input: merged, initialize, args: ["--allow-wasi", "-f", initialize], calls: [["checksum"]], ...rest });
  }
  engine("ruby", "Ruby 3.4 indexes documents", "ruby/dist/ruby.wasm", "canonical_abi", {
    name: "ruby.wasm", option: "--disable-gems", expression: "-e_=0", script: "script.rb", question: "checksum.to_s",
  }, { reach: engineLarge, phases: true, varies: true });
  engine("quickjs", "QuickJS indexes documents", "quickjs/quickjs.wasm", "driver", {
    name: "script.js", script: "script.js", question: "checksum()",
  }, { reach: program, varies: true });
  engine("lua", "Lua 5.4 indexes documents", "wasmoon/dist/glue.wasm", "env", {
    name: "script.lua", script: "script.lua", question: "return checksum()",
  }, { reach: program });

  function compiled(name, description, group, reach, calls, rest) {
    const input = join(work, "programs", `${name}.wasm`);
    const initialize = rest?.initialize ?? "wizer.initialize";
    const mean = group === "programs";
    if (existsSync(input)) list.push({ name, description, group, input, initialize, args: ["--allow-wasi", "-f", initialize], mean, reach, calls, ...rest });
  }
  compiled("table", "tables of a lexer's automaton (C)", "programs", program, [["accepts", 0], ["accepts", 1], ["checksum"]]);
  compiled("trie", "a trie of 200,000 words (C)", "programs", program, [["find", 0], ["find", 199_999], ["checksum"]]);
  compiled("iostream", "static constructors and iostream (C++)", "programs", program, [["checksum"]]);
  compiled("sqlite", "SQLite, 100,000 rows", "programs", program, [["row", 1], ["row", 77_777], ["total"]]);
  compiled("distances", "shortest paths on a map (AssemblyScript)", "programs", program, [["distance", 0, 0], ["distance", 383, 383], ["checksum"]], { initialize: "initialize" });
  compiled("computing", "a sieve, a chain of SHA-256, a product of matrices (C)", "computing", computing, [["primes"], ["digest"], ["trace"]]);
  compiled("simd", "four-lane vectors (C, `-msimd128`)", "computing", vectors, [["checksum"]]);
  compiled("exceptions", "rules that fail (C++, `-fwasm-exceptions`)", "exceptions", exceptions, [["deepest"], ["checksum"]], { opponent: "v8" });
  compiled("setjmp", "a reader that leaves with `longjmp` (C)", "exceptions", exceptions, [["mistake_count", 1], ["mistake_count", 2], ["checksum"]], { opponent: "v8" });
  const calls = (wall) => ({ group: "computing", reach: { native: { wall, rss: 1 }, readyToRun: { wall } }, calls: [["sum"]] });
  list.push(
    wat("fib", "`fib(40)`, all of it calls", calls(0.8)),
    wat("direct", "400 million direct calls", calls(1)),
    wat("indirect", "300 million calls through a table, one callee", { ...calls(1.15), initialize: "one", args: ["-f", "one"] }),
    { ...wat("indirect", "300 million calls through a table, two callees in turn", { ...calls(1.15), initialize: "two", args: ["-f", "two"] }), name: "indirect-two" },
  );
  compiled("tailcall", "a threaded interpreter (C, `return_call_indirect`)", "computing", tailCalls, [["longest"], ["checksum"]]);
  return list;
}
