// Asks a transpiled component for its answer, with a directory and a variable where it needs them, after initializing it unless it is.
// usage: notes.mjs MODULE [DIRECTORY [initialized]]
const [module, directory, how] = process.argv.slice(2);
const { _clearPreopens, _addPreopen } = await import("@bytecodealliance/preview2-shim/filesystem");
const { _setEnv } = await import("@bytecodealliance/preview2-shim/cli");
_clearPreopens();
_setEnv(directory ? { GREETING: "hello" } : {});
if (directory) _addPreopen("/data", directory);
const notes = await import(new URL(module, `file://${process.cwd()}/`));
if (directory && how !== "initialized") notes.setup();
process.stdout.write(notes.answer());
