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

/** Of what `--verbose` says, [phase, seconds] for each line "phase  1,234.5 ms  1,234.5 ms CPU"; older builds do not say the latter. */
export function parsePhases(text) {
  const lines = [...text.matchAll(/^(\w+) +([\d,.]+) ms(?: +[\d,.]+ ms CPU)?$/gm)].map(([, name, value]) => [name, Number(value.replaceAll(",", "")) / 1000]);
  return lines.filter(([name]) => name !== "total");
}

const of = ({ rounds }, key, measure) => median(rounds.map((round) => round[key][measure]));

// Rounds are runs one after the other, so that a noisy minute spoils both sides of a quotient.
const ratio = ({ rounds }, key, measure, other = "opponent") => median(rounds.map((round) => round[key][measure] / round[other][measure]));

/** What a ratio may be above one for the machine's noise. */
const TOLERANCE = 0.05;

const seconds = (value) => (value < 1 ? `${(value * 1000).toFixed(value < 0.1 ? 1 : 0)} ms` : `${value.toFixed(2)} s`);
const megabytes = (value) => `${(value / 1e6).toFixed(0)} MB`;
const bytes = (value) => value.toLocaleString("en");
const milliseconds = (value) => (value === undefined ? "-" : `${value.toFixed(value < 10 ? 2 : 0)} ms`);
const quotient = (value) => (value < 0.67 ? `1/${(1 / value).toFixed(1)}` : value.toFixed(2));
const geometricMean = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The part of the wall time that no phase of a verbose run names; negative when they name too much. */
export const unaccounted = ({ rounds }) => median(rounds.map(({ verbose }) => 1 - sum(verbose.phases.map(([, time]) => time)) / verbose.wall));

/** Each thing a workload should reach with one of our commands, what it reached, and whether that is enough. */
function targetsOf(result, key) {
  const reach = result.workload.reach?.[key] ?? {};
  const list = [];
  const add = (what, limit, value, show) => list.push({ what: `${what} ≤ ${show(limit)}`, limit, value, reached: value <= limit });
  if (reach.wall) add("wall", reach.wall, ratio(result, key, "wall"), quotient);
  if (reach.wallLimit) add("wall", reach.wallLimit, of(result, key, "wall"), seconds);
  if (reach.wallOfHello) add("wall / hello-world", reach.wallOfHello, ratio(result, key, "wall", "hello"), (value) => value.toFixed(2));
  if (reach.cpu) add("CPU", reach.cpu, ratio(result, key, "cpu"), quotient);
  if (reach.rss) add("RSS", reach.rss, ratio(result, key, "rss"), quotient);
  if (reach.rssLimit) add("RSS", reach.rssLimit, of(result, key, "rss"), megabytes);
  return list;
}

/**
 * Results as tables. `ours` are our commands; `opponents` are the others by their names; `start` is what the runtime takes to
 * start, in seconds; without `compared`, the other is a build of ours, and nothing is to be reached.
 */
export class Report {
  constructor({ ours, opponents, start, rounds, compared }) {
    Object.assign(this, { ours, opponents, start, rounds, compared });
  }

  /** Which of our commands is slower than the original: the native one never may be, the other where its start is not all. */
  slower(result) {
    if (result.opponent !== "original" || result.rounds.length === 0) return [];
    const original = of(result, "opponent", "wall");
    return this.ours.flatMap(({ key, title }) => {
      if (key === "readyToRun" && original <= this.start) return [];
      const allowed = Math.max(1 + TOLERANCE, result.workload.reach?.[key]?.wall ?? 0);
      const value = ratio(result, key, "wall");
      return value > allowed ? [`${title} takes ${value.toFixed(2)} times as long as the original, and may ${allowed.toFixed(2)}`] : [];
    });
  }

  targets(result) {
    const list = this.ours.flatMap(({ key, title }) => targetsOf(result, key).map((target) => ({ command: title, ...target })));
    const { ours, opponent } = result.outputs;
    if (opponent) list.push({ what: `size ≤ ${bytes(opponent.bytes)}`, limit: opponent.bytes, value: ours.bytes, reached: ours.bytes <= opponent.bytes });
    return list;
  }

  print(all, applications) {
    const results = measured(all);
    const tables = () => [this.timeTable(results), this.usageTable(results, "cpu"), this.usageTable(results, "rss"), startText(results), this.outputTable(results)];
    const parts = [...(results.length ? tables() : []), ...phaseTables(results), applicationTable(applications)];
    console.log(`\n${parts.filter(Boolean).join("\n\n")}\n`);
  }

  #opponentTitle(results) {
    return [...new Set(results.map(({ opponent }) => this.opponents[opponent].title))].join(" or ");
  }

  // Times or memory of everyone, and the ratios.
  #cells(result, measure) {
    const show = measure === "rss" ? megabytes : seconds;
    const other = result.opponent === "v8" ? ` (${this.opponents.v8.title})` : "";
    return [
      ...this.ours.map(({ key }) => show(of(result, key, measure))),
      show(of(result, "opponent", measure)) + other,
      ...this.ours.map(({ key }) => quotient(ratio(result, key, measure))),
    ];
  }

  #head(results, measure) {
    const [first, ...rest] = this.ours.map(({ title }) => title);
    return ["workload", `${measure}: ${first}`, ...rest, this.#opponentTitle(results), ...this.ours.map(({ title }) => `ratio: ${title}`)];
  }

  #goals(result) {
    const parts = this.ours.map(({ key, title }) => [title, targetsOf(result, key).map(({ what }) => what)]);
    return parts.filter(([, goals]) => goals.length).map(([title, goals]) => `${title}: ${goals.join(", ")}`).join("; ");
  }

  #verdict(result) {
    const slow = this.slower(result);
    if (result.failures.some((failure) => !slow.includes(failure))) return "**wrong output**";
    const missed = this.targets(result).filter(({ reached }) => !reached).map(({ command, what }) => `missed: ${command ? `${command} ` : ""}${what}`);
    const all = [...(slow.length ? ["slower than the original"] : []), ...missed];
    return all.length ? all.map((text) => `**${text}**`).join(", ") : "reached";
  }

  timeTable(results) {
    const verdicts = (cells) => (this.compared ? cells : []);
    const rows = results.map((result) => [result.workload.description, ...this.#cells(result, "wall"), ...verdicts([this.#goals(result), this.#verdict(result)])]);
    const programs = results.filter(({ workload }) => workload.mean);
    if (programs.length > 1) {
      const means = this.ours.map(({ key }) => geometricMean(programs.map((result) => ratio(result, key, "wall"))));
      const limit = 1 / 1.5;
      const reached = means.every((mean) => mean <= limit) ? "reached" : "**missed**";
      rows.push(["geometric mean of the programs", ...this.ours.map(() => ""), "", ...means.map(quotient), ...verdicts([`wall ≤ ${quotient(limit)}`, reached])]);
    }
    return table([...this.#head(results, "wall"), ...verdicts(["to reach", ""])], rows);
  }

  usageTable(results, measure) {
    const name = measure === "rss" ? "peak RSS" : "CPU";
    return table(this.#head(results, name), results.map((result) => [result.workload.description, ...this.#cells(result, measure)]));
  }

  outputTable(all) {
    const results = all.filter(({ outputs }) => outputs.opponent);
    if (results.length === 0) return "";
    const other = this.#opponentTitle(results);
    const titles = ["bytes", "segments", "V8 compiles", "V8 instantiates"].flatMap((title) => [`${title}: ours`, other]);
    return table(
      ["workload", ...titles],
      results.map(({ workload, outputs: { ours, opponent } }) => [
        workload.description,
        bytes(ours.bytes),
        bytes(opponent.bytes),
        bytes(ours.segments),
        bytes(opponent.segments),
        milliseconds(ours.compile),
        milliseconds(opponent.compile),
        milliseconds(ours.instantiate),
        milliseconds(opponent.instantiate),
      ]),
    );
  }

  /** Puts the tables into docs/performance.md, and every number into docs/performance.json. */
  write(root, all, applications) {
    const results = measured(all);
    const path = join(root, "docs/performance.md");
    const about = machine();
    const sections = {
      machine: [
        `\`bench/compare/run ${process.argv.slice(2).join(" ")}\` at ${about.commit} on ${about.date}: ${about.cores} cores of ${about.processor},`,
        `${(about.memory / 2 ** 30).toFixed(0)} GiB, .NET SDK ${about.sdk}, node ${about.node}, V8 ${about.v8}; ${this.rounds} rounds, the start ${this.rounds * 6}.`,
      ].join("\n"),
      table: this.timeTable(results),
      cpu: this.usageTable(results, "cpu"),
      rss: this.usageTable(results, "rss"),
      start: startText(results),
      phases: phaseTables(results).join("\n\n"),
      outputs: this.outputTable(results),
      applications: applicationTable(applications),
    };
    let text = readFileSync(path, "utf8");
    for (const [name, contents] of Object.entries(sections)) text = replaceBetween(text, name, contents);
    writeFileSync(path, text);

    const numbers = results.map((result) => ({
      name: result.workload.name,
      opponent: result.opponent,
      rounds: result.rounds,
      outputs: result.outputs,
      targets: this.targets(result),
      failures: result.failures,
    }));
    const { rounds, start } = this;
    writeFileSync(join(root, "docs/performance.json"), `${JSON.stringify({ ...about, rounds, start, workloads: numbers, applications }, null, 1)}\n`);
  }
}

function applicationTable(applications) {
  if (!applications) return "";
  const original = applications.rows.at(-1);
  const wrong = applications.failures.length ? "**wrong output**" : "";
  return table(
    ["20 applications of 100 to 290 lines on `fastly.wasm`", "for one", "a second", "ratio", "to reach", ""],
    applications.rows.map(({ name, milliseconds: time, perSecond, goal }) => [
      name,
      time ? seconds(time / 1000) : "",
      perSecond.toFixed(perSecond < 1 ? 2 : 1),
      quotient(original.perSecond / perSecond),
      goal?.what ?? "",
      wrong || (goal ? (goal.reached ? "reached" : `**missed: ${goal.value.toFixed(2)}**`) : ""),
    ]),
  );
}

/** The two engines of one command. */
export function wasmtimeTable({ rows }) {
  const kinds = ["embedded", "cold", "warm"];
  return table(
    ["workload", "wall: embedded engine", "Wasmtime", "Wasmtime, code in its cache", "peak RSS: embedded engine", "Wasmtime", "Wasmtime, code in its cache"],
    rows.map((row) => [row.description, ...kinds.map((kind) => seconds(row[kind].wall)), ...kinds.map((kind) => megabytes(row[kind].rss))]),
  );
}

/** Puts that table into docs/performance.md. */
export function writeWasmtime(root, compared) {
  const path = join(root, "docs/performance.md");
  const about = machine();
  const where = `At ${about.commit} on ${about.date}: ${about.cores} cores of ${about.processor}.`;
  writeFileSync(path, replaceBetween(readFileSync(path, "utf8"), "wasmtime", `${where}\n\n${wasmtimeTable(compared)}`));
}

const measured = (results) => results.filter(({ rounds, outputs }) => rounds.length > 0 && outputs);

function startText(results) {
  const start = results.find(({ rounds }) => rounds[0].hello && rounds[0].readyToRun);
  if (!start) return "";
  const hello = `The hello-world of the same runtime takes ${seconds(of(start, "hello", "wall"))} and ${megabytes(of(start, "hello", "rss"))}`;
  return `${hello} beside the module of some 60 bytes, for which the ReadyToRun command takes ${ratio(start, "readyToRun", "wall", "hello").toFixed(2)} times as long.`;
}

function phaseTables(results) {
  return results.filter(({ rounds }) => rounds[0].verbose).map((result) => {
    const [{ verbose: first }] = result.rounds;
    const timeIn = ({ phases }, name) => phases.find(([other]) => other === name)[1];
    const rows = first.phases.map(([name]) => [
      name,
      seconds(median(result.rounds.map(({ verbose }) => timeIn(verbose, name)))),
      `${(median(result.rounds.map(({ verbose }) => timeIn(verbose, name) / verbose.wall)) * 100).toFixed(1)}%`,
    ]);
    rows.push(["not accounted for", "", `${(unaccounted(result) * 100).toFixed(1)}%`]);
    return table([`phase of ${result.workload.description}`, "time", "share of the wall time"], rows);
  });
}

function machine() {
  const [{ model }] = cpus();
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const sdk = execFileSync("dotnet", ["--version"], { encoding: "utf8" }).trim();
  const v8 = execFileSync(process.env.V8 || process.execPath, ["-p", "process.versions.v8"], { encoding: "utf8" }).trim();
  return { processor: model.trim(), cores: cpus().length, memory: totalmem(), date: new Date().toISOString().slice(0, 10), commit, sdk, node: process.version, v8 };
}

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`. */
function replaceBetween(text, name, contents) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for ${name}`);
  return `${text.slice(0, from + begin.length)}\n${contents}\n${text.slice(to)}`;
}
