// usage: node newer-clang.mjs SOURCE OUTPUT [OPTION]...
// Compiles one file that includes <wizer.h> with the clang and the wasi-libc of @yowasp/clang, both newer than Debian's.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { argv, env, stderr } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const [source, output, ...options] = argv.slice(2);
const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const { runClang } = await import(pathToFileURL(join(env.WORK, "node_modules/@yowasp/clang/gen/bundle.js")));
const name = `program${extname(source)}`;
const compiler = name.endsWith(".c") ? "clang" : "clang++";
const files = { [name]: readFileSync(source, "utf8"), include: { "wizer.h": readFileSync(join(root, "include/wizer.h"), "utf8") } };
const made = await runClang([compiler, ...options, "-I", "include", name, "-o", "program.wasm"], files, {
  stderr: (bytes) => bytes && stderr.write(bytes),
});
writeFileSync(output, made["program.wasm"]);
