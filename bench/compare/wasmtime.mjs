// Our command on its two engines: the embedded one, and Wasmtime embedded in .NET, without a cache of compiled code and with one that
// the first run has filled. All of them are the ReadyToRun command `wizer-wasmtime`, and write the same bytes; so does what initializes
// a module by hand with our libraries.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { median } from "./report.mjs";

/** Workloads that differ: short and long runs, small and large modules, computing, memory, tail calls. */
export const WASMTIME_WORKLOADS = ["startup", "table", "iostream", "simd", "lua", "sqlite", "computing", "tailcall", "fastly-100"];

/** Rows of a table, a workload each, and what went wrong. */
export function runWasmtime({ measure, workloads, here, work, rounds, wasmtime }) {
  const directory = join(work, "wasmtime");
  const cache = join(directory, "cache");
  const failures = [];
  const rows = workloads.map((workload) => {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    readFileSync(resolve(workload.cwd ?? here, workload.input));
    const outputOf = (kind) => join(directory, `${kind}.wasm`);
    function run(kind, engine, directoryOfCode = "") {
      const command = [wasmtime, ...workload.args, "--deterministic", "--engine", engine, `-o=${outputOf(kind)}`, workload.input];
      // The environment of a workload that has one is all that it gets.
      const env = { ...(workload.env ?? process.env), WIZER_WASMTIME_CACHE: directoryOfCode };
      return measure({ ...workload, env }, command).usage;
    }

    const kinds = {
      embedded: () => run("embedded", "embedded"),
      cold: () => run("cold", "wasmtime"),
      warm: () => run("warm", "wasmtime", cache),
    };
    const usages = { embedded: [], cold: [], warm: [] };
    try {
      kinds.warm();
      for (let round = 0; round < rounds; round++) {
        const names = Object.keys(kinds);
        for (let at = 0; at < names.length; at++) {
          const name = names[(round + at) % names.length];
          usages[name].push(kinds[name]());
        }
      }
    } catch (error) {
      failures.push(`${workload.name}: ${error.message}`);
      return undefined;
    }
    // A guest that is told the environment is told where the cache is, too.
    run("told", "embedded", cache);
    for (const [kind, expected] of [["cold", "embedded"], ["warm", "told"]]) {
      const { status } = spawnSync("cmp", ["-s", outputOf(expected), outputOf(kind)]);
      if (status !== 0) failures.push(`${workload.name} comes out differently on Wasmtime (${kind})`);
    }
    const of = (kind, what) => median(usages[kind].map((usage) => usage[what]));
    return {
      name: workload.name,
      description: workload.description,
      ...Object.fromEntries(Object.keys(kinds).map((kind) => [kind, { wall: of(kind, "wall"), rss: of(kind, "rss") }])),
    };
  });
  rmSync(directory, { recursive: true });
  return { rows: rows.filter(Boolean), failures };
}

/** What one of the ways may say no to, by the words of its error. */
const REFUSALS = {
  wasmtime: [/the older exception instructions/],
  hand: [/unsupported `[a-z.0-9_]+` instruction/, /unsupported mutable global containing a reference type/],
};

/** Lines about the workloads, how many came out equal in all three ways, and what went wrong. */
export function compareThreeWays({ measure, workloads, here, work, wasmtime, byHand }) {
  const directory = join(work, "ways");
  const failures = [];
  const lines = [];
  let equal = 0;
  for (const workload of workloads) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    const input = resolve(workload.cwd ?? here, workload.input);
    const command = (engine) => [wasmtime, ...workload.args, "--deterministic", "--engine", engine, `-o=${join(directory, engine)}`, input];
    const ways = {
      embedded: command("embedded"),
      wasmtime: command("wasmtime"),
      hand: [byHand, input, join(directory, "hand"), ...workload.args],
    };
    const refused = [];
    for (const [way, words] of Object.entries(ways)) {
      try {
        measure(workload, words);
      } catch (error) {
        const told = error.message.split("\n");
        const refusal = told.find((line) => REFUSALS[way]?.some((text) => text.test(line)));
        refused.push(`not ${way}: ${refusal ?? "failed"}`);
        if (!refusal) failures.push(`${workload.name}, ${way}: ${error.message}`);
        continue;
      }
      const { status } = spawnSync("cmp", ["-s", join(directory, "embedded"), join(directory, way)]);
      if (status !== 0) failures.push(`${workload.name} comes out differently (${way})`);
    }
    if (refused.length === 0) equal++;
    lines.push(`${workload.name}: ${refused.length === 0 ? "three ways" : refused.join("; ")}`);
  }
  rmSync(directory, { recursive: true, force: true });
  return { lines, equal, failures };
}
