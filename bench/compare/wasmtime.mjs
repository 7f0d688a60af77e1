// Our command on its two engines: the embedded one, and Wasmtime embedded in .NET, without a cache of compiled code and with one that
// the first run has filled. All of them are the ReadyToRun command `wizer-wasmtime`, and write the same bytes.
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
    for (const kind of ["cold", "warm"]) {
      const { status } = spawnSync("cmp", ["-s", outputOf("embedded"), outputOf(kind)]);
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
