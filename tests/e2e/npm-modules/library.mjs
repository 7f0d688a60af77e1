// usage: node library.mjs LIBRARY OURS FUNCTION
// Loads a shared library as a loader does, at 1024 in a memory and at 1 in a table, and compares both, and what a function of it returns,
// with the module that was initialized for that place.
import { readFileSync } from 'node:fs';

const [library, ours, name] = process.argv.slice(2);
const report = (what, isGood) => console.log(`${isGood ? 'ok  ' : 'FAIL'} ${what}`);

const load = (path, env) => {
  const module = new WebAssembly.Module(readFileSync(path));
  for (const { name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === 'function') env[name] = () => 0;
  }
  return [new WebAssembly.Instance(module, { env }).exports, WebAssembly.Module.imports(module)];
};

const i32 = (value, mutable) => new WebAssembly.Global({ value: 'i32', mutable }, value);
const memory = new WebAssembly.Memory({ initial: 64 });
const table = new WebAssembly.Table({ initial: 100, element: 'anyfunc' });
const [before] = load(library, {
  memory,
  __indirect_function_table: table,
  __memory_base: i32(1024, false),
  __table_base: i32(1, false),
  __stack_pointer: i32(0x100000, true),
});
before.__wasm_apply_data_relocs();
before.__wasm_call_ctors();
const [after, imports] = load(ours, {});

report('imports functions only', imports.every(({ kind }) => kind === 'function'));
report('has no relocations to apply any more', after.__wasm_apply_data_relocs === undefined);
const bytes = after.memory.buffer.byteLength;
report(
  `has the ${bytes} bytes that a loader makes`,
  Buffer.compare(Buffer.from(memory.buffer, 0, bytes), Buffer.from(after.memory.buffer)) === 0 &&
    Buffer.from(memory.buffer, bytes).every(byte => byte === 0),
);
const names = [...Array(after.__indirect_function_table.length).keys()];
report(
  `has the ${names.length} elements of the table`,
  names.every(i => (table.get(i) === null) === (after.__indirect_function_table.get(i) === null)
    && table.get(i)?.name === after.__indirect_function_table.get(i)?.name),
);
report('returns what the library returns', before[name]() === after[name]() && before[name]() >= 1024);
