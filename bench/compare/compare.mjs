// The comparison itself; `run` prepares what it needs.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runApplications } from "./applications.mjs";
import { compareElsewhere } from "./elsewhere.mjs";
import { countSegments } from "./segments.mjs";
import { median, parsePhases, Report, unaccounted, wasmtimeTable, writeWasmtime } from "./report.mjs";
import { compareThreeWays, runWasmtime, WASMTIME_WORKLOADS } from "./wasmtime.mjs";
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
    wasmtime: { type: "boolean", default: false },
    "three-ways": { type: "boolean", default: false },
    elsewhere: { type: "string" },
    seconds: { type: "string", default: "600" },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 5));

// Our commands, in the order of the tables: both, or the one that another build of it is compared with.
const ours = options.against
  ? [{ key: "ours", title: "ours", path: process.env.WIZER }]
  : [
      { key: "native", title: "native", path: process.env.WIZER_NATIVE },
      { key: "readyToRun", title: "ReadyToRun", path: process.env.WIZER },
    ].filter(({ path }) => path);
const v8 = process.env.V8 || process.execPath;
const opponents = {
  original: { title: "original", path: join(work, "original/wizer") },
  v8: { title: "V8" },
  before: { title: "before", path: options.against },
};
const opponentOf = (workload) => (options.against ? "before" : (workload.opponent ?? "original"));
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
const outputOf = (workload, key) => join(outputs, `${workload.name}.${key}.wasm`);

// What runs a workload under the key of one of ours, or as the opponent. V8 only initializes: it has nothing to write.
function commandOf(workload, key, output) {
  const opponent = opponents[opponentOf(workload)];
  if (key === "opponent" && opponent === opponents.v8) {
    return [v8, join(here, "v8.mjs"), workload.input, workload.initialize];
  }
  const { path } = key === "opponent" ? opponent : ours.find((tool) => tool.key === key);
  return [path, ...workload.args, `-o=${output}`, workload.input];
}

// A run that says where its time goes. That is no part of the comparison.
function runVerbose(workload) {
  const output = outputOf(workload, "verbose");
  const [path, ...rest] = commandOf(workload, ours[0].key, output);
  const { usage, stderr } = measure(workload, [path, "--verbose", ...rest]);
  rmSync(output);
  return { wall: usage.wall, phases: parsePhases(stderr) };
}

function runTool(workload, key) {
  const output = outputOf(workload, key);
  rmSync(output, { force: true });
  return measure(workload, commandOf(workload, key, output)).usage;
}

const sameFile = (path, other) => spawnSync("cmp", ["-s", path, other]).status === 0;

// What both of our commands wrote must be the same where it is a function of the input; else each is looked at by itself.
function check(workload, result) {
  const written = ours.map(({ key }) => outputOf(workload, key));
  const distinct = written.filter((path, i) => i === 0 || !sameFile(written[0], path));
  if (workload.calls && !workload.varies && distinct.length > 1) result.failures.push("our commands write different bytes");

  const spec = { calls: workload.calls, varies: workload.varies, request: workload.request, component: workload.component };
  const initialized = opponentOf(workload) === "v8";
  if (initialized) spec.initialize = workload.initialize;
  const expected = initialized ? resolve(here, workload.input) : outputOf(workload, "opponent");
  const checked = spawnSync(v8, ["--expose-gc", join(here, "check.mjs"), JSON.stringify(spec), expected, ...distinct], { encoding: "utf8" });
  const verdict = checked.status === 0 ? JSON.parse(checked.stdout) : { failures: [checked.stderr.trim()] };
  result.failures.push(...verdict.failures);

  const describe = (path, times) => ({ bytes: statSync(path).size, segments: countSegments(path), ...times });
  result.outputs = { ours: describe(written[0], verdict.ours) };
  if (!initialized) result.outputs.opponent = describe(expected, verdict.expected);
  for (const path of initialized ? written : [...written, expected]) rmSync(path);
}

function runWorkload(workload) {
  // The first reader of a file pays for the disk.
  readFileSync(resolve(workload.cwd ?? here, workload.input));
  const result = { workload, opponent: opponentOf(workload), rounds: [], failures: [] };
  const keys = [...ours.map(({ key }) => key), "opponent"];
  for (let i = 0; i < rounds * (workload.repeat ?? 1); i++) {
    const round = {};
    for (let at = 0; at < keys.length; at++) {
      const key = keys[(i + at) % keys.length];
      round[key] = runTool(workload, key);
    }
    if (workload.hello && !options.against) round.hello = measure(workload, [hello]).usage;
    if (workload.phases && !options.against) round.verbose = runVerbose(workload);
    result.rounds.push(round);
  }

  check(workload, result);
  if (result.rounds[0].verbose) {
    const missing = unaccounted(result);
    if (Math.abs(missing) > 0.05) result.failures.push(`phases add up to ${((1 - missing) * 100).toFixed(1)}% of the wall time`);
  }
  return result;
}

mkdirSync(outputs, { recursive: true });
const isWanted = (name) => new RegExp(options.only).test(name);
const all = await workloads(here, work, options.quick);
const selected = all.filter(({ name }) => isWanted(name));

// Two engines of one command, which nobody else takes part in.
if (options.wasmtime) {
  const compared = runWasmtime({
    measure,
    workloads: selected.filter(({ name }) => WASMTIME_WORKLOADS.includes(name)),
    here,
    work,
    rounds,
    wasmtime: process.env.WIZER_WASMTIME,
  });
  console.log(`\n${wasmtimeTable(compared)}\n`);
  if (options.write) writeWasmtime(root, compared);
  for (const failure of compared.failures) console.error(`FAIL ${failure}`);
  console.log(`${compared.rows.length} passed, ${compared.failures.length} failed`);
  process.exit(compared.failures.length === 0 && compared.rows.length > 0 ? 0 : 1);
}

if (options["three-ways"]) {
  const { lines, equal, failures } = compareThreeWays({
    measure, workloads: selected, here, work, wasmtime: process.env.WIZER_WASMTIME, byHand: join(work, "byhand", "byhand"),
  });
  for (const line of lines) console.log(line);
  for (const failure of failures) console.error(`FAIL ${failure}`);
  console.log(`${equal} of ${selected.length} equal in three ways, ${failures.length} failed`);
  process.exit(failures.length === 0 && equal > 0 ? 0 : 1);
}

if (options.elsewhere) {
  const [command, elsewhere, seconds] = [process.env.WIZER, resolve(options.elsewhere), Number(options.seconds)];
  const { equal, leftOut, failures } = compareElsewhere({ measure, workloads: selected, here, work, command, elsewhere, seconds });
  for (const failure of failures) console.error(`FAIL ${failure}`);
  console.log(`# ${equal} of ${selected.length} workloads are equal, ${leftOut} left out, ${failures.length} failed`);
  process.exit(failures.length === 0 && equal > 0 ? 0 : 1);
}

// Nothing is asked of the ReadyToRun command where the original is done before our runtime has begun.
const start = options.against ? 0 : median([1, 2, 3, 4, 5].map(() => measure({}, [hello]).usage.wall));
const report = new Report({ ours, opponents, start, rounds, compared: !options.against });
const results = [];
for (const workload of selected) {
  const begin = performance.now();
  let result;
  try {
    result = runWorkload(workload);
  } catch (error) {
    result = { workload, rounds: [], failures: [error.message] };
  }
  results.push(result);
  // On a machine that others use, times are printed and decide nothing.
  if (!options.quick) result.failures.push(...report.slower(result));
  const { failures } = result;
  console.error(`${failures.length ? "FAIL" : "ok  "} ${workload.name} (${((performance.now() - begin) / 1000).toFixed(1)} s)${failures.map((failure) => `\n     ${failure}`).join("")}`);
}

const fastly = all.find(({ name }) => name === "fastly-100");
const native = process.env.WIZER_NATIVE;
let applications;
if (fastly && native && isWanted("applications")) {
  const batch = join(work, "batch/batch");
  applications = runApplications({ measure, workload: fastly, work, rounds, native, original: opponents.original.path, batch });
  const { failures } = applications;
  console.error([`${failures.length ? "FAIL" : "ok  "} applications`, ...failures].join("\n     "));
}
if (existsSync(home) && readdirSync(home).length > 0) {
  (results[0] ?? applications).failures.push(`something was kept between runs: ${readdirSync(home)}`);
}

report.print(results, applications);
if (options.write) report.write(root, results, applications);
const checked = [...results, ...(applications ? [applications] : [])];
const failed = checked.filter(({ failures }) => failures.length > 0).length;
console.log(`${checked.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 && checked.length > 0 ? 0 : 1);
