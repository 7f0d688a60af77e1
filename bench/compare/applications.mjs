// One engine and twenty applications: what an application takes when the native command starts for each, with and without a profile
// that the first one left, and when one process with a prepared module makes them all (Batch/). The original gets three of them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeApplication } from "./application.mjs";
import { median, parsePhases } from "./report.mjs";

const COUNT = 20;
const ORIGINALS = 3;
const THREADS = 2;

/** Runs them all: rows of a table, of which one or the other is missing where its tool is, and what went wrong. */
export function runApplications({ measure, workload, work, rounds, native, original, batch }) {
  const files = Array.from({ length: COUNT }, (_, i) => {
    const file = `application-${i}.js`;
    writeFileSync(join(workload.cwd, file), makeApplication(100 + 10 * i));
    return file;
  });
  const directory = join(work, "applications");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  const failures = [];

  // Seconds of the run, and those of its initialization, where the tool says them.
  function run(path, i, kind, ...options) {
    const output = join(directory, `${kind}.wasm`);
    const command = [path, ...options, ...workload.args, `-o=${output}`, workload.input];
    const { usage, stderr } = measure({ ...workload, stdin: `${files[i]} --legacy-script` }, command);
    return { output, wall: usage.wall, initialize: parsePhases(stderr).find(([name]) => name === "initialize")?.[1] };
  }

  const cold = [];
  const profiled = [];
  const profile = join(directory, "engine.profile");
  const options = ["--verbose", "--deterministic"];
  // An older build may be measured.
  const hasProfiles = spawnSync(native, ["--help"], { encoding: "utf8" }).stdout.includes("--profile-use");
  const runCold = (i) => cold.push(run(native, i, "cold", ...options));
  const runProfiled = (i) => profiled.push(run(native, i, "profiled", ...options, `--profile-use=${profile}`));
  if (hasProfiles) run(native, 0, "recorded", ...options, `--profile-write=${profile}`);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < COUNT; i++) {
      const tools = hasProfiles ? [runCold, runProfiled] : [runCold];
      for (const tool of (round + i) % 2 ? tools.toReversed() : tools) tool(i);
      if (!hasProfiles || spawnSync("cmp", ["-s", cold.at(-1).output, profiled.at(-1).output]).status === 0) continue;
      failures.push(`${files[i]} comes out differently with a profile`);
    }
  }
  const originals = Array.from({ length: ORIGINALS }, (_, i) => run(original, i, "original"));

  const milliseconds = (list) => median(list.map(({ wall }) => wall)) * 1000;
  const row = (name, time, rest) => ({ name, milliseconds: time, perSecond: 1000 / time, ...rest });
  const rows = [row("the native command for each", milliseconds(cold))];
  if (hasProfiles) {
    const initialize = median(profiled.map((use, i) => use.initialize / cold[i].initialize));
    const goal = { what: "initialization ≤ 0.70 of that without", value: initialize, reached: initialize <= 0.7 };
    rows.push(row("with a profile of the first", milliseconds(profiled), { goal }));
  }
  if (existsSync(batch)) {
    const { status, stdout, stderr } = spawnSync(batch, [join(workload.cwd, workload.input), workload.cwd, String(THREADS), String(rounds), ...files], { encoding: "utf8" });
    if (status === 0) {
      const { further, perSecond } = JSON.parse(stdout);
      rows.push(
        row("one process, one after another", further, { goal: { what: "≤ 130 ms", value: further, reached: further <= 130 } }),
        { name: "one process, two threads", perSecond, goal: { what: "≥ 12 a second", value: perSecond, reached: perSecond >= 12 } },
      );
    } else {
      failures.push(stderr.trim());
    }
  }
  rows.push(row(`the original for each (${ORIGINALS} of ${COUNT})`, milliseconds(originals)));
  rmSync(directory, { recursive: true });
  return { rows, failures };
}
