// Compiles files that include <wizer.h> with the clang and the wasi-libc of @yowasp/clang, both newer than Debian's. It takes that clang
// ten seconds to get going, so one process makes all the modules: each line that it reads is a source, an output and options, with tabs
// between them, and when the output is there, or is not, it writes what clang had to say and a line with 0 or 1.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { env, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const { runClang } = await import(pathToFileURL(join(env.WORK, "node_modules/@yowasp/clang/gen/bundle.js")));
const header = readFileSync(join(root, "include/wizer.h"), "utf8");

for await (const line of createInterface({ input: stdin })) {
  const [source, output, ...options] = line.split("\t");
  const name = `program${extname(source)}`;
  const compiler = name.endsWith(".c") ? "clang" : "clang++";
  const files = { [name]: readFileSync(source, "utf8"), include: { "wizer.h": header } };
  let words = "";
  let status = 0;
  try {
    const made = await runClang([compiler, ...options, "-I", "include", name, "-o", "program.wasm"], files, {
      stderr: (bytes) => (words += bytes ? Buffer.from(bytes).toString() : ""),
    });
    writeFileSync(output, made["program.wasm"]);
  } catch (error) {
    words += `${error.message}\n`;
    status = 1;
  }

  stdout.write(`${words && !words.endsWith("\n") ? `${words}\n` : words}${status}\n`);
}
