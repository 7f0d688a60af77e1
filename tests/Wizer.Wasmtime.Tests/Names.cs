// As in the library: both call their engine Engine.
global using WasmtimeConfig = global::Wasmtime.Config;
global using WasmtimeEngine = global::Wasmtime.Engine;
global using WasmtimeInstance = global::Wasmtime.Instance;
global using WasmtimeModule = global::Wasmtime.Module;
