// Asks a transpiled component for its answer, after initializing it with a directory and a variable when that is wanted.
// usage: notes.mjs MODULE [DIRECTORY]
const [module, directory] = process.argv.slice(2);
const { _clearPreopens, _addPreopen } = await import("@bytecodealliance/preview2-shim/filesystem");
const { _setEnv } = await import("@bytecodealliance/preview2-shim/cli");
_clearPreopens();
_setEnv(directory ? { GREETING: "hello" } : {});
if (directory) _addPreopen("/data", directory);
const notes = await import(new URL(module, `file://${process.cwd()}/`));
if (directory) notes.setup();
process.stdout.write(notes.answer());
