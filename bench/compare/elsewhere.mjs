// Our command on another platform, in an emulator: whether it writes the bytes that it writes here. Times say nothing there.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

/** Prints a line for each workload. How many came out equal, how many were left out since they take too long there, and what went wrong. */
export function compareElsewhere({ measure, workloads, here, work, command, elsewhere, seconds }) {
  const directory = join(work, `elsewhere-${process.pid}`);
  const failures = [];
  let equal = 0;
  let leftOut = 0;
  for (const workload of workloads) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    const input = resolve(workload.cwd ?? here, workload.input);
    // The emulator has variables of its own.
    const args = workload.args.filter((word) => !word.startsWith("--inherit-env"));
    const run = (output, ...program) =>
      measure(workload, [...program, ...args, "--deterministic", `-o=${join(directory, output)}`, input]);
    const begin = performance.now();
    let verdict;
    try {
      run("here", command);
      run("elsewhere", "/usr/bin/timeout", String(seconds), elsewhere);
      const { status } = spawnSync("cmp", [join(directory, "here"), join(directory, "elsewhere")]);
      verdict = status === 0 ? "equal" : "comes out differently";
    } catch (error) {
      verdict = error.message.includes(" ends with 124: ") ? `left out: it takes more than ${seconds} s` : error.message;
    }
    if (verdict === "equal") equal++;
    else if (verdict.startsWith("left out")) leftOut++;
    else failures.push(`${workload.name}: ${verdict}`);
    console.log(`${workload.name}: ${verdict.split("\n")[0]} (${((performance.now() - begin) / 1000).toFixed(0)} s)`);
  }
  rmSync(directory, { recursive: true, force: true });
  return { equal, leftOut, failures };
}
