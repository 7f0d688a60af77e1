// usage: node v8.mjs INPUT EXPORT
// What the original cannot run, V8 does: compiles the module, instantiates it and calls the export that initializes. There is
// no snapshot and no output, so that this is less than what our command does.
import { readFileSync } from "node:fs";
import { World } from "./world.mjs";

const [input, name] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(input));
const world = new World(module);
world.initialize(world.instantiate(module), name);
