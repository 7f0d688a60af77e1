// Numbers into tables: on the terminal, and between the markers of docs/performance.md.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const of = ({ rounds }, tool, measure) => median(rounds.map((round) => round[tool][measure]));

// Rounds are pairs run one after the other, so that a noisy minute spoils both sides of a quotient.
const ratio = ({ rounds }, measure, other = "original") => median(rounds.map((round) => round.ours[measure] / round[other][measure]));

const seconds = (value) => (value < 1 ? `${(value * 1000).toFixed(value < 0.1 ? 1 : 0)} ms` : `${value.toFixed(2)} s`);
const megabytes = (value) => `${(value / 1e6).toFixed(0)} MB`;
const bytes = (value) => value.toLocaleString("en");
const milliseconds = (value) => (value === undefined ? "-" : `${value.toFixed(value < 10 ? 2 : 0)} ms`);
const quotient = (value) => (value < 0.67 ? `1/${(1 / value).toFixed(1)}` : value.toFixed(2));
const geometricMean = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Each thing a workload should reach, what it reached, and whether that is enough. */
export function targets(result) {
  const { reach } = result.workload;
  const list = [];
  const add = (what, limit, value, show) => list.push({ what: `${what} ≤ ${show(limit)}`, limit, value, reached: value <= limit });
  if (reach.wall) add("wall", reach.wall, ratio(result, "wall"), quotient);
  if (reach.wallLimit) add("wall", reach.wallLimit, of(result, "ours", "wall"), seconds);
  if (reach.wallOfHello) add("wall / hello-world", reach.wallOfHello, ratio(result, "wall", "hello"), (value) => value.toFixed(2));
  if (reach.cpu) add("CPU", reach.cpu, ratio(result, "cpu"), quotient);
  if (reach.rss) add("RSS", reach.rss, ratio(result, "rss"), quotient);
  if (reach.rssLimit) add("RSS", reach.rssLimit, of(result, "ours", "rss"), megabytes);
  add("size", result.outputs.original.bytes, result.outputs.ours.bytes, bytes);
  return list;
}

const verdict = (result) => {
  const missed = targets(result).filter(({ reached }) => !reached);
  if (result.failures.length) return "**wrong output**";
  return missed.length ? missed.map(({ what }) => `**missed: ${what}**`).join(", ") : "reached";
};

const goals = (result) => targets(result).filter(({ what }) => !what.startsWith("size")).map(({ what }) => what).join(", ");

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

export function timeTable(results) {
  const rows = results.map((result) => [
    result.workload.description,
    ...["wall", "cpu", "rss"].flatMap((measure) => {
      const show = measure === "rss" ? megabytes : seconds;
      return [show(of(result, "ours", measure)), show(of(result, "original", measure)), quotient(ratio(result, measure))];
    }),
    goals(result),
    verdict(result),
  ]);
  const programs = results.filter(({ workload }) => workload.reach.mean);
  if (programs.length > 1) {
    const mean = geometricMean(programs.map((result) => ratio(result, "wall")));
    const blank = Array(7).fill("");
    rows.push(["geometric mean of the programs with `wall ≤ 1.00`", "", "", quotient(mean), ...blank.slice(1), `wall ≤ ${quotient(1 / 1.5)}`, mean <= 1 / 1.5 ? "reached" : "**missed**"]);
  }
  return table(["workload", "wall: ours", "original", "ratio", "CPU: ours", "original", "ratio", "peak RSS: ours", "original", "ratio", "to reach", ""], rows);
}

export function outputTable(results) {
  return table(
    ["workload", "bytes: ours", "original", "segments: ours", "original", "V8 compiles: ours", "original", "V8 instantiates: ours", "original"],
    results.map(({ workload, outputs: { ours, original } }) => [
      workload.description,
      bytes(ours.bytes),
      bytes(original.bytes),
      bytes(ours.segments),
      bytes(original.segments),
      milliseconds(ours.compile),
      milliseconds(original.compile),
      milliseconds(ours.instantiate),
      milliseconds(original.instantiate),
    ]),
  );
}

function startText(results) {
  const start = results.find(({ workload }) => workload.hello);
  if (!start) return "";
  const hello = of(start, "hello", "wall");
  return `The hello-world of the same runtime takes ${seconds(hello)} and ${megabytes(of(start, "hello", "rss"))} beside the module of some 60 bytes, which takes ${ratio(start, "wall", "hello").toFixed(2)} times as long.`;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The part of the wall time that no phase of a verbose run names; negative when they name too much. */
export const unaccounted = ({ rounds }) => median(rounds.map(({ verbose }) => 1 - sum(verbose.phases.map(([, time]) => time)) / verbose.wall));

function phaseTable(results) {
  const result = results.find(({ rounds }) => rounds[0].verbose);
  if (!result) return "";
  const [{ verbose: first }] = result.rounds;
  const timeOf = (name) => median(result.rounds.map(({ verbose }) => verbose.phases.find(([other]) => other === name)[1]));
  const shareOf = (name) => median(result.rounds.map(({ verbose }) => verbose.phases.find(([other]) => other === name)[1] / verbose.wall));
  const rows = first.phases.map(([name]) => [name, seconds(timeOf(name)), `${(shareOf(name) * 100).toFixed(1)}%`]);
  rows.push(["not accounted for", "", `${(unaccounted(result) * 100).toFixed(1)}%`]);
  return table([`phase of ${result.workload.description}`, "time", "share of the wall time"], rows);
}

const measured = (results) => results.filter(({ rounds, outputs }) => rounds.length > 0 && outputs.ours);

/** `other` is what the tables call the other tool. */
export function printTables(all, other) {
  const results = measured(all);
  if (results.length === 0) return;
  const text = `\n${timeTable(results)}\n\n${startText(results)}\n\n${outputTable(results)}\n\n${phaseTable(results)}\n`;
  console.log(text.replaceAll("| original |", `| ${other} |`));
}

function machine() {
  const [{ model }] = cpus();
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const runtime = execFileSync("dotnet", ["--version"], { encoding: "utf8" }).trim();
  return { processor: model.trim(), cores: cpus().length, memory: totalmem(), date: new Date().toISOString().slice(0, 10), commit, sdk: runtime, node: process.version };
}

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`. */
function replaceBetween(text, name, contents) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for ${name}`);
  return `${text.slice(0, from + begin.length)}\n${contents}\n${text.slice(to)}`;
}

export function writeDocuments(root, all, rounds) {
  const results = measured(all);
  const path = join(root, "docs/performance.md");
  const about = machine();
  const sections = {
    machine: [
      `\`bench/compare/run ${process.argv.slice(2).join(" ")}\` at ${about.commit} on ${about.date}: ${about.cores} cores of ${about.processor},`,
      `${(about.memory / 2 ** 30).toFixed(0)} GiB, .NET SDK ${about.sdk}, node ${about.node}; ${rounds} rounds, the start ${rounds * 6}.`,
    ].join("\n"),
    table: timeTable(results),
    start: startText(results),
    phases: phaseTable(results),
    outputs: outputTable(results),
  };
  let text = readFileSync(path, "utf8");
  for (const [name, contents] of Object.entries(sections)) text = replaceBetween(text, name, contents);
  writeFileSync(path, text);

  const numbers = results.map((result) => ({
    name: result.workload.name,
    rounds: result.rounds,
    outputs: result.outputs,
    targets: targets(result),
    failures: result.failures,
  }));
  writeFileSync(join(root, "docs/performance.json"), `${JSON.stringify({ ...about, rounds, workloads: numbers }, null, 1)}\n`);
}
