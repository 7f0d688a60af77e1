// usage: node check.mjs NAME...   For each, NAME.txt is what `wizer print` says of NAME.wasm. wasm-tools and wabt must read it (wabt all
// but the one called wasm-tools, whose blocks nest too deep for it), and what they make of it must be valid. Writes what wasm-tools makes of it to NAME-again.wasm, from which the same text must come.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const modules = path.join(process.env.WORK, "node_modules");
const require = createRequire(path.join(modules, "here.js"));
const { parse } = await import(pathToFileURL(require.resolve("@bytecodealliance/jco")));
const wabt = await require("wabt")();

const features = { exceptions: true, threads: true, function_references: true, tail_call: true, annotations: true,
  code_metadata: true, gc: true, memory64: true, multi_memory: true, extended_const: true, relaxed_simd: true, custom_page_sizes: true };

async function check(what, attempt) {
  try {
    await attempt();
    console.log(`ok   ${what}`);
  } catch (error) {
    console.log(`FAIL ${what}\n       ${String(error.message).slice(0, 400).replaceAll("\n", "\n       ")}`);
  }
}

for (const name of process.argv.slice(2)) {
  const text = fs.readFileSync(`${name}.txt`, "utf8");
  await check(`wasm-tools reads the text of ${name}`, async () => fs.writeFileSync(`${name}-again.wasm`, await parse(text)));
  if (name === "wasm-tools") {
    continue;
  }

  await check(`wabt reads the text of ${name}`, () => {
    const module = wabt.parseWat(`${name}.txt`, text, features);
    module.validate();
    module.toBinary({});
    module.destroy();
  });
}
