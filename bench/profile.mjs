// usage: node profile.mjs DIRECTORY OUTPUT
// Runs the workloads with the counting command in DIRECTORY/command, and puts what they executed together: the share that each run
// of operations has of what a workload executes, weighed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { workloads } from "./compare/workloads.mjs";

const [directory, output] = process.argv.slice(2);
const here = join(dirname(fileURLToPath(import.meta.url)), "compare");

// How much each workload counts. JavaScript engines are what is mostly initialized, and they execute so many functions a few times
// that most of it stays in the interpreter; three workloads of one, and more than half of the whole. Of a loop that computes for
// seconds the interpreter sees a few thousandths before it is compiled, but where it is not, it is all there is.
const weights = {
  "fastly-100": 4,
  "fastly-2000": 2,
  "componentize-js": 2,
  table: 1,
  trie: 1,
  iostream: 1,
  sqlite: 1,
  "computing-short": 1,
};

// A run that has less than this of what is executed is no reason for anything, and there are many.
const parts = 100_000_000;
const maxRuns = 1500;

const list = await workloads(here, join(directory, "../compare"), false);
list.push({
  name: "computing-short",
  input: join(directory, "computing-short.wasm"),
  args: ["--allow-wasi", "-f", "wizer.initialize"],
});

const shares = new Map();
const total = Object.values(weights).reduce((sum, weight) => sum + weight);
for (const [name, weight] of Object.entries(weights)) {
  const workload = list.find((candidate) => candidate.name === name);
  if (!workload) throw new Error(`there is no workload \`${name}\`: was it fetched?`);
  const counts = join(directory, `${name}.counts`);
  rmSync(counts, { force: true });
  const environment = workload.env ? { ...workload.env, ...(process.env.DOTNET_ROOT && { DOTNET_ROOT: process.env.DOTNET_ROOT }) } : process.env;
  const { status, stderr } = spawnSync(join(directory, "command/wizer"), [...workload.args, `-o=${join(directory, "output.wasm")}`, workload.input], {
    cwd: workload.cwd,
    env: { ...environment, WIZER_COUNTS: counts },
    input: workload.stdin ?? "",
    encoding: "utf8",
  });
  if (status !== 0 || !existsSync(counts)) throw new Error(`${name} ends with ${status}: ${stderr}`);

  const runs = readFileSync(counts, "utf8").trimEnd().split("\n").map((line) => line.split("\t")).map(([count, run]) => ({ count: Number(count), run }));
  const executed = runs.reduce((sum, { count, run }) => sum + count * lengthOf(run), 0);
  console.error(`${name}: ${(executed / 1e6).toFixed(1)} M operations in ${runs.length} runs`);
  for (const { count, run } of runs) shares.set(run, (shares.get(run) ?? 0) + (count / executed) * (weight / total));
}

function lengthOf(run) {
  return run.split(" ").filter((word) => word !== "|").length;
}

const sorted = [...shares]
  .map(([run, share]) => ({ run, share, all: share * lengthOf(run) }))
  .sort((a, b) => b.all - a.all || (a.run < b.run ? -1 : 1))
  .slice(0, maxRuns)
  .filter(({ share }) => Math.round(share * parts) > 0);
const covered = sorted.reduce((sum, { all }) => sum + all, 0);
writeFileSync(
  output,
  `# What the workloads execute in the interpreter: written by bench/profile, which says which and how much each counts.
# How often, in ${parts / 1e6} million executed operations; then a run of operations, none of them combined yet. \`.1-2\`: input 1 is the
# result of the operation two before; T: and stays in a local. \`|\`: something may branch to what follows.
# These ${sorted.length} are ${(covered * 100).toFixed(0)}% of all.
${sorted.map(({ run, share }) => `${Math.round(share * parts)}\t${run}\n`).join("")}`,
);
