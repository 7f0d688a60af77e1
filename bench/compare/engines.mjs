// Engines from npm whose own wrappers are written in JavaScript get one of WebAssembly instead, workloads/engines/*.wat, with a
// script and a question in its data; binaryen merges the two into one module that initializes itself by evaluating the script.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// For each text a function that copies it to the engine's heap, with a zero behind it, and the length without that.
function textFunctions(texts) {
  return Object.entries(texts).map(([name, text]) => {
    const bytes = Buffer.from(`${text}\0`);
    const data = [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
    return `(data $${name} "${data}") (global $${name}_length i32 (i32.const ${bytes.length - 1}))
      (func $${name} (result i32) (local i32)
        (memory.init $${name} (local.tee 0 (call $malloc (i32.const ${bytes.length}))) (i32.const 0) (i32.const ${bytes.length}))
        (local.get 0))`;
  });
}

/**
 * Merges the engine with its driver, the file of that name, which is known to the engine as `as`. Returns the module's path.
 */
export function mergeEngine({ here, work, wabt, name, engine, as, texts }) {
  const driver = join(here, "workloads/engines", `${name}.wat`);
  const script = join(here, "workloads/engines", texts.script);
  const output = join(work, "inputs", `${name}.wasm`);
  const sources = [engine, driver, script, join(here, "engines.mjs")];
  if (existsSync(output) && sources.every((source) => statSync(source).mtimeMs < statSync(output).mtimeMs)) return output;

  const data = textFunctions({ ...texts, script: readFileSync(script, "utf8") }).join("\n");
  const module = wabt.parseWat(driver, readFileSync(driver, "utf8").replace("TEXTS", () => data));
  const compiled = join(work, "inputs", `${name}.driver.wasm`);
  writeFileSync(compiled, module.toBinary({}).buffer);
  execFileSync(process.execPath, [
    join(work, "binaryen/bin/wasm-merge"),
    ...[engine, "engine", compiled, as, "-o", output],
    ...["--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-sign-ext", "--enable-mutable-globals", "--enable-multivalue"],
  ]);
  return output;
}
