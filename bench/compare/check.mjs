// usage: node check.mjs SPEC EXPECTED OURS...
// Looks at outputs of a workload through V8 and prints JSON: {"failures": [...], "ours": {...}, "expected": {...}}, the latter
// with milliseconds to compile and to instantiate. All must be valid, import and export the same, start with the same memory
// (unless the engine keeps times and random numbers of the run), and do the same when called.
// Where the original cannot run the module, EXPECTED is the input, and V8 initializes it.
import { readFileSync } from "node:fs";
import { World } from "./world.mjs";

const [specText, expectedPath, ...oursPaths] = process.argv.slice(2);
const spec = JSON.parse(specText);
const failures = [];

function check(what, passed) {
  if (!passed) failures.push(what);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

// The fastest way V8 has: what a service would do with the bytes of a file.
function load(path) {
  const bytes = readFileSync(path);
  const compile = [];
  const instantiate = [];
  let module;
  let instance;
  let world;
  for (let i = 0; i < 3; i++) {
    instance = undefined;
    globalThis.gc?.();
    let begin = performance.now();
    module = new WebAssembly.Module(bytes);
    compile.push(performance.now() - begin);
    world = new World(module, spec.request);
    begin = performance.now();
    instance = world.instantiate(module);
    instantiate.push(performance.now() - begin);
  }
  return { module, instance, world, times: { compile: median(compile), instantiate: median(instantiate) } };
}

const describe = (list) => list.map(({ module = "", name, kind }) => `${module} ${name} ${kind}`).join("\n");

// Names a module exports its memory by, whatever they are.
const memories = ({ instance }) => Object.entries(instance.exports).filter(([, value]) => value instanceof WebAssembly.Memory);

const exportsOf = ({ module }) => describe(WebAssembly.Module.exports(module).filter(({ name }) => name !== "_initialize" && name !== spec.initialize));
const importsOf = ({ module }) => describe(WebAssembly.Module.imports(module));

function compare(ours, original) {
  check("the exports differ", exportsOf(ours) === exportsOf(original));
  check("the imports differ", importsOf(ours) === importsOf(original));
  if (spec.calls) {
    for (const [name, memory] of spec.varies ? [] : memories(ours)) {
      const same = Buffer.compare(new Uint8Array(memory.buffer), new Uint8Array(original.instance.exports[name].buffer)) === 0;
      check(`memory ${name} differs`, same);
    }
    for (const [name, ...values] of spec.calls) {
      const [answer, expected] = [ours, original].map(({ instance }) => String(instance.exports[name](...values)));
      check(`${name}(${values}) is ${answer}, not ${expected}`, answer === expected);
      check(`${name}(${values}) has no answer`, answer !== "undefined" && (values.length > 0 || answer !== "0"));
    }
  }
  if (spec.component) {
    // What the engine's own wrapper asks first; then exports of the component whose values need no lifting.
    for (const [name, ...values] of [["check_init"], ...spec.component]) {
      const [answer, expected] = [ours, original].map(({ world, instance }) => world.call(instance, name, values));
      check(`${name}(${values}) is ${answer}, not ${expected}`, answer === expected);
      check(`${name}(${values}) gives up`, !answer.startsWith("unreachable"));
    }
  }
  if (spec.request) {
    const [trace, expected] = [ours, original].map(({ world, instance }) => world.serve(instance));
    const difference = trace.findIndex((step, i) => step !== expected[i]);
    check(`step ${difference} of a request is ${trace[difference]}, not ${expected[difference]}`, difference < 0 && trace.length === expected.length);
    check(`the request is not answered: ${trace.at(-1)}`, trace.some((step) => step.startsWith("answers")));
  }
}

// What is called may change what it finds: each of ours meets an original that nobody has asked anything.
const times = {};
for (const path of oursPaths) {
  const expected = load(expectedPath);
  if (spec.initialize) expected.world.initialize(expected.instance, spec.initialize);
  const ours = load(path);
  compare(ours, expected);
  times.ours ??= ours.times;
  times.expected ??= expected.times;
}
console.log(JSON.stringify({ failures, ...times }));
