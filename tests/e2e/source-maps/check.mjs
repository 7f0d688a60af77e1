// usage: node check.mjs MAP MODULE...
// Says of each module, all of one source map, whether it is initialized, and which lines the map finds for a trap in it.
import { readFileSync } from "node:fs";

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// A number has five bits a digit, the lowest first, with a sixth where more follow; the sign is its lowest bit.
function decode(segment) {
  const numbers = [];
  let shift = 0;
  let value = 0;
  for (const digit of segment) {
    const bits = digits.indexOf(digit);
    value |= (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) === 0) {
      numbers.push(value & 1 ? -(value >> 1) : value >> 1);
      shift = value = 0;
    }
  }

  return numbers;
}

// All is relative to the segment before: the offset in the file, the source, its line.
function readMap(file) {
  const { mappings, sources } = JSON.parse(readFileSync(file, "utf8"));
  let offset = 0;
  let source = 0;
  let line = 0;
  return mappings.split(",").map(decode).map(([offsetStep, sourceStep = 0, lineStep = 0]) => {
    offset += offsetStep;
    source += sourceStep;
    line += lineStep;
    return { offset, place: `${sources[source]}:${line + 1}` };
  });
}

const [mapFile, ...modules] = process.argv.slice(2);
const map = readMap(mapFile);
const placeAt = (offset) => map.findLast((segment) => segment.offset <= offset).place;

for (const file of modules) {
  const imports = { env: { abort: () => { throw new Error("the program has aborted"); } } };
  const { instance } = await WebAssembly.instantiate(readFileSync(file), imports);
  const { look, quarter, initialize } = instance.exports;
  initialize?.();
  try {
    quarter(6);
  } catch (trap) {
    const offsets = [...trap.stack.matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g)].map(([, offset]) => parseInt(offset, 16));
    console.log(`${look()} ${offsets.map(placeAt).join(" ")}`);
  }
}
