// usage: node commits.mjs DIRECTORY A B
// Reads what BenchmarkDotNet wrote, DIRECTORY/<round>/<commit>/results/*.json, and prints each benchmark's times for both
// commits and the median of the rounds' ratios.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { median } from "./compare/report.mjs";

const [directory, a, b] = process.argv.slice(2);
const times = new Map(); // benchmark → one {a, b} for each round, in nanoseconds

for (const round of readdirSync(directory)) {
  for (const commit of [a, b]) {
    const results = join(directory, round, commit, "results");
    for (const file of readdirSync(results).filter((name) => name.endsWith(".json"))) {
      for (const { FullName, Statistics } of JSON.parse(readFileSync(join(results, file), "utf8")).Benchmarks) {
        if (!Statistics) continue;
        if (!times.has(FullName)) times.set(FullName, {});
        ((times.get(FullName)[round] ??= {})[commit] = Statistics.Median);
      }
    }
  }
}

const show = (nanoseconds) => (nanoseconds < 1e3 ? `${nanoseconds.toFixed(2)} ns` : nanoseconds < 1e6 ? `${(nanoseconds / 1e3).toFixed(2)} µs` : `${(nanoseconds / 1e6).toFixed(2)} ms`);
const rows = [];
for (const [name, rounds] of times) {
  const pairs = Object.values(rounds).filter((pair) => pair[a] && pair[b]);
  if (pairs.length === 0) continue;
  const ratio = median(pairs.map((pair) => pair[b] / pair[a]));
  rows.push(`| ${name.replace(/^Wizer\.Benchmarks\./, "")} | ${show(median(pairs.map((pair) => pair[a])))} | ${show(median(pairs.map((pair) => pair[b])))} | ${ratio.toFixed(2)} |`);
}
console.log(["", `| benchmark | ${a} | ${b} | ratio |`, "| --- | ---: | ---: | ---: |", ...rows].join("\n"));
process.exit(rows.length > 0 ? 0 : 1);
