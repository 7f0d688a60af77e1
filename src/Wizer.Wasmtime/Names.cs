// Wasmtime's types by names that ours do not have: both call their engine Engine. And of the libraries, each has a Throw.
global using Throw = Wizer.Pipeline.Throw;
global using WasmtimeCaller = global::Wasmtime.Caller;
global using WasmtimeConfig = global::Wasmtime.Config;
global using WasmtimeEngine = global::Wasmtime.Engine;
global using WasmtimeException = global::Wasmtime.WasmtimeException;
global using WasmtimeFunction = global::Wasmtime.Function;
global using WasmtimeGlobal = global::Wasmtime.Global;
global using WasmtimeInstance = global::Wasmtime.Instance;
global using WasmtimeMemory = global::Wasmtime.Memory;
global using WasmtimeModule = global::Wasmtime.Module;
global using WasmtimeStore = global::Wasmtime.Store;
global using WasmtimeTable = global::Wasmtime.Table;
global using WasmtimeTrap = global::Wasmtime.TrapException;
global using WasmtimeV128 = global::Wasmtime.V128;
