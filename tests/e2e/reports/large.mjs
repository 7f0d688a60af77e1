// usage: large.mjs PAGE.html REPORT.json
// Opens the page of a memory of 4 GiB: it is small enough for a browser, and its numbers are those of the report. Says how long it took.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser } from "./browser.mjs";

const [page, reportFile] = process.argv.slice(2);
const [memory] = JSON.parse(readFileSync(reportFile)).memories;
const size = statSync(page).size;
const browser = await Browser.open();
try {
  const begin = performance.now();
  await browser.go(pathToFileURL(resolve(page)).href);
  const rows = await browser.evaluate(
    "[...document.querySelector('table[data-name=memories]').tBodies[0].rows].map(row => [...row.cells].map(cell => cell.textContent))");
  const elements = await browser.evaluate("document.querySelectorAll('*').length");
  console.log(`ok   it opens (${size} bytes, ${elements} elements, ${Math.round(performance.now() - begin)} ms)`);

  const shown = rows[0].map(text => Number(text.replaceAll(",", "").split(" ")[0]));
  assert.deepEqual(shown.slice(0, 4), [0, 65536, 65536, memory.nonZeroByteLength]);
  assert.equal(memory.nonZeroByteLength, 20_008);
  assert.deepEqual(shown.slice(-2), [memory.segmentCount, memory.segmentByteLength]);
  console.log("ok   its numbers are those of the report");

  assert.ok(size < 2_000_000, `${size} bytes`);
  assert.ok(elements < 20_000, `${elements} elements`);
  console.log("ok   it is small");

  // From one end of the map to the other.
  await browser.evaluate("document.querySelector('svg.map').focus()");
  await browser.press("End");
  const last = await browser.evaluate("document.querySelector('.detail').textContent");
  assert.ok(last.includes("0xffffffff"), last);
  assert.deepEqual(browser.complaints, []);
  console.log("ok   its last cell is the end of the memory");
} catch (error) {
  console.log(`FAIL the page of 4 GiB\n       ${String(error.message ?? error).split("\n").slice(0, 6).join("\n       ")}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
