// usage: check.mjs PAGE.html REPORT.json DIRECTORY
// Opens a page in a browser: its numbers must be those of the report, it must be usable with keys, complain about nothing and ask nobody
// for anything. Leaves screenshots in the directory.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser } from "./browser.mjs";

const [page, reportFile, directory] = process.argv.slice(2);
const report = JSON.parse(readFileSync(reportFile));
const browser = await Browser.open();
let failures = 0;
async function check(what, body) {
  try {
    await body();
    console.log(`ok   ${what}`);
  } catch (error) {
    failures++;
    console.log(`FAIL ${what}\n       ${String(error.message ?? error).split("\n").slice(0, 6).join("\n       ")}`);
  }
}

const numbers = text => [...text.matchAll(/[\d,]*\d(\.\d+)?/g)].map(([number]) => Number(number.replaceAll(",", "")));
const value = name => browser.evaluate(`document.querySelector('[data-name=${name}]').dataset.value`);
const rows = name => browser.evaluate(
  `[...document.querySelector('table[data-name=${name}]').tBodies[0].rows].map(row => [...row.cells].map(cell => cell.textContent))`);

try {
  await browser.call("Emulation.setDeviceMetricsOverride", { width: 1100, height: 900, deviceScaleFactor: 1, mobile: false });
  await browser.go(pathToFileURL(resolve(page)).href);

  await check("the page says how it ended, and the sizes", async () => {
    assert.equal(await value("status"), report.status);
    assert.equal(Number(await value("input-bytes")), report.input.byteLength);
    assert.equal(Number(await value("output-bytes")), report.output.byteLength);
    assert.equal(Number(await value("globals")), report.globals.length);
  });

  await check("its sections are those of the report", async () => {
    const sizes = new Map((await rows("sections")).map(row => [row[0], numbers(row.slice(1, 3).join(" "))]));
    for (const [side, sections] of [report.sections.before, report.sections.after].entries()) {
      for (const { name, byteLength } of sections) assert.equal(sizes.get(name)[side], byteLength, name);
    }
  });

  await check("its memories are those of the report", async () => {
    const shown = await rows("memories");
    for (const [index, memory] of report.memories.entries()) {
      const runs = memory.map.runs;
      let changed = 0, input = 0;
      for (let i = 0; i < runs.length; i += 3) {
        input += runs[i] * runs[i + 1];
        changed += runs[i] * runs[i + 2];
      }
      assert.deepEqual(shown[index].map(cell => numbers(cell)[0]), [memory.index, memory.pagesBefore, memory.pagesAfter,
        memory.nonZeroByteLength, changed, input, memory.segmentCount, memory.segmentByteLength]);
    }
  });

  await check("its globals, calls, inputs and phases are those of the report", async () => {
    assert.deepEqual(await rows("globals"), report.globals.map(({ index, before, after }) => [String(index), before, after]));
    assert.deepEqual((await rows("wasi")).map(row => [row[0], numbers(row[1])[0]]), report.wasiCalls.map(({ name, count }) => [name, count]));
    assert.equal((await rows("inputs")).length, report.inputs.length);
    assert.deepEqual((await rows("phases")).map(row => row[0]), report.phases.map(({ name }) => name));
    assert.equal((await rows("references"))[1][1], String(report.references.elementCount));
  });

  await check("it says who wrote the bytes", async () => {
    assert.deepEqual((await rows("writers")).map(row => [row[0], numbers(row[1])[0], numbers(row[3])[0]]),
      report.attribution.functions.map(item => [item.name, item.byteLength, item.withCalleesByteLength]));
  });

  await check("a map is walked with keys, and shows the bytes of a cell", async () => {
    const map = "document.querySelector('svg.map')";
    await browser.evaluate(`${map}.focus()`);
    const first = report.memories[0].map.contents[0];
    await browser.press("Home");
    await browser.press("n");
    const detail = await browser.evaluate("document.querySelector('.detail').textContent");
    assert.ok(detail.includes(first.address.toString(16).padStart(8, "0")), detail);
    const bytes = [...Buffer.from(first.base64, "base64").subarray(0, 16)].map(byte => byte.toString(16).padStart(2, "0")).join(" ");
    assert.ok(detail.includes(bytes), detail);
    await browser.press("ArrowRight");
    assert.notEqual(await browser.evaluate("document.querySelector('.detail').textContent"), detail);
  });

  await check("it has headings, tables with heads, names for pictures and a way with the tab key", async () => {
    assert.equal(await browser.evaluate("document.querySelectorAll('h1').length"), 1);
    assert.equal(await browser.evaluate("[...document.querySelectorAll('table')].every(table => table.tHead && table.caption)"), true);
    assert.equal(await browser.evaluate("[...document.querySelectorAll('svg')].every(svg => svg.getAttribute('aria-label'))"), true);
    assert.equal(await browser.evaluate("[...document.querySelectorAll('main section')].every(part => "
      + "document.getElementById(part.getAttribute('aria-labelledby')))"), true);
    assert.ok(await browser.evaluate("[...document.querySelectorAll('a, [tabindex=\"0\"], summary')].length") > 5);
  });

  await check("it looks like something in light and dark, and prints", async () => {
    await browser.screenshot(join(directory, "light.png"), "light");
    await browser.screenshot(join(directory, "dark.png"), "dark");
    const color = await browser.evaluate("getComputedStyle(document.body).backgroundColor");
    assert.equal(color, "rgb(13, 17, 23)");
    assert.ok(statSync(join(directory, "light.png")).size > 20_000);
    const pdf = await browser.print(join(directory, "print.pdf"));
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.ok(pdf.length > 20_000);
  });

  await check("names of a module are no markup", async () => {
    assert.equal(await browser.evaluate("document.querySelectorAll('img').length"), 0);
    const hostile = report.sections.before.find(({ name }) => name.includes("script"));
    assert.ok(hostile);
    assert.ok((await rows("sections")).some(row => row[0] === hostile.name));
  });

  await check("it complains about nothing, and asks nobody for anything", () => {
    assert.deepEqual(browser.complaints, []);
    assert.deepEqual(browser.requests.filter(url => !url.startsWith("file:") && !url.startsWith("data:")), []);
    assert.equal(browser.requests.length, 1);
  });
} finally {
  await browser.close();
}
process.exit(failures === 0 ? 0 : 1);
