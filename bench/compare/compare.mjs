// The comparison itself; `run` prepares what it needs.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { countSegments } from "./segments.mjs";
import { printTables, unaccounted, writeDocuments } from "./report.mjs";
import { workloads } from "./workloads.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const work = join(root, "artifacts/compare");
const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string", short: "n" },
    only: { type: "string", default: "" },
    write: { type: "boolean", default: false },
    against: { type: "string" },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 5));

const tools = { ours: process.env.WIZER, original: options.against ?? join(work, "original/wizer") };
const hello = join(work, "hello/hello");

// The original could keep compiled code between runs if a user asked for it; here nobody does, and there is nowhere to.
const home = join(work, "home");
mkdirSync(home, { recursive: true });
const environment = { ...process.env, RUST_BACKTRACE: "0", NO_COLOR: "1", XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home };


// A workload with an environment of its own gets nothing else, but what our runtime needs to be found.
const runtimeOnly = process.env.DOTNET_ROOT ? { DOTNET_ROOT: process.env.DOTNET_ROOT } : {};

function measure(workload, command) {
  const result = join(work, "result.json");
  rmSync(result, { force: true });
  const { status, stderr } = spawnSync(join(work, "measure"), [result, ...command], {
    cwd: workload.cwd,
    env: workload.env ? { ...workload.env, ...runtimeOnly } : environment,
    input: workload.stdin ?? "",
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${command.join(" ")} ends with ${status}: ${stderr}`);
  return { usage: JSON.parse(readFileSync(result, "utf8")), stderr };
}

const outputs = join(work, "outputs");
const outputOf = (workload, tool) => join(outputs, `${workload.name}.${tool}.wasm`);

// A run that says where its time goes: [phase, seconds] for each line "phase  1,234.5 ms". That is no part of the comparison.
function runVerbose(workload) {
  const output = outputOf(workload, "verbose");
  const { usage, stderr } = measure(workload, [tools.ours, "--verbose", ...workload.args, `-o=${output}`, workload.input]);
  rmSync(output);
  const lines = [...stderr.matchAll(/^(\w+) +([\d,.]+) ms$/gm)].map(([, name, value]) => [name, Number(value.replaceAll(",", "")) / 1000]);
  return { wall: usage.wall, phases: lines.filter(([name]) => name !== "total") };
}

function runTool(workload, tool) {
  const output = outputOf(workload, tool);
  rmSync(output, { force: true });
  return measure(workload, [tools[tool], ...workload.args, `-o=${output}`, workload.input]).usage;
}

function runWorkload(workload) {
  // The first reader of a file pays for the disk.
  readFileSync(resolve(workload.cwd ?? here, workload.input));
  const result = { workload, rounds: [], outputs: {}, failures: [] };
  for (let i = 0; i < rounds * (workload.repeat ?? 1); i++) {
    const round = {};
    const order = i % 2 === 0 ? ["ours", "original"] : ["original", "ours"];
    for (const tool of order) round[tool] = runTool(workload, tool);
    if (workload.hello) round.hello = measure(workload, [hello]).usage;
    if (workload.phases && !options.against) round.verbose = runVerbose(workload);
    result.rounds.push(round);
  }

  const spec = JSON.stringify({ calls: workload.calls, request: workload.request, component: workload.component });
  const checked = spawnSync(process.execPath, ["--expose-gc", join(here, "check.mjs"), spec, outputOf(workload, "ours"), outputOf(workload, "original")], {
    encoding: "utf8",
  });
  const verdict = checked.status === 0 ? JSON.parse(checked.stdout) : { failures: [checked.stderr.trim()], ours: {}, original: {} };
  result.failures = verdict.failures;
  if (result.rounds[0].verbose) {
    const missing = unaccounted(result);
    if (Math.abs(missing) > 0.05) result.failures.push(`phases add up to ${((1 - missing) * 100).toFixed(1)}% of the wall time`);
  }
  for (const tool of Object.keys(tools)) {
    const path = outputOf(workload, tool);
    result.outputs[tool] = { bytes: statSync(path).size, segments: countSegments(path), ...verdict[tool] };
    rmSync(path);
  }
  return result;
}

mkdirSync(outputs, { recursive: true });
const selected = (await workloads(here, work, options.quick)).filter(({ name }) => new RegExp(options.only).test(name));
const results = [];
for (const workload of selected) {
  const begin = performance.now();
  try {
    results.push(runWorkload(workload));
  } catch (error) {
    results.push({ workload, rounds: [], outputs: {}, failures: [error.message] });
  }
  const { failures } = results.at(-1);
  console.error(`${failures.length ? "FAIL" : "ok  "} ${workload.name} (${((performance.now() - begin) / 1000).toFixed(1)} s)${failures.map((failure) => `\n     ${failure}`).join("")}`);
}
if (existsSync(home) && readdirSync(home).length > 0) {
  results[0].failures.push(`something was kept between runs: ${readdirSync(home)}`);
}

printTables(results, options.against ? "before" : "original");
if (options.write) writeDocuments(root, results, rounds);
const failed = results.filter(({ failures }) => failures.length > 0).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 && results.length > 0 ? 0 : 1);
