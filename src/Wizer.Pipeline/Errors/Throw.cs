using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>Every way the pipeline fails, one method each; the texts are those of the original tool.</summary>
internal static class Throw
{
    [DoesNotReturn]
    internal static void ValidationFailed(Exception cause, string? hint) =>
        throw new WizerException(WizerError.InvalidModule, "wasm validation failed", cause) { Hint = hint };

    [DoesNotReturn]
    internal static void ComponentGiven() =>
        throw new WizerException(WizerError.ComponentGiven, "expected a core module, found a component") { Hint = InputHint.Component };

    [DoesNotReturn]
    internal static void ModuleGiven() =>
        throw new WizerException(WizerError.ModuleGiven, "expected a component, found a core module");

    [DoesNotReturn]
    internal static void FailedToCompile(Exception cause) =>
        throw new WizerException(WizerError.FeatureDisabled, "failed to compile the Wasm module", cause);

    [DoesNotReturn]
    internal static void Unsupported(string message, string? hint = null) =>
        throw new WizerException(WizerError.UnsupportedModule, message) { Hint = hint };

    [DoesNotReturn]
    internal static void ReferenceUnsupported(string place, string what) => Unsupported($"{place}: a snapshot cannot hold {what}");

    [DoesNotReturn]
    internal static void NoInitFunc(string name, string hint) =>
        throw new WizerException(WizerError.InitFuncUnusable, $"the Wasm module does not have a `{name}` export") { Hint = hint };

    [DoesNotReturn]
    internal static void InitFuncIsNotFunc(string name, string hint) =>
        throw new WizerException(WizerError.InitFuncUnusable, $"the Wasm module's `{name}` export is not a function") { Hint = hint };

    [DoesNotReturn]
    internal static void InitFuncHasWrongType(string name, string hint)
    {
        string message = $"the Wasm module's `{name}` function export does not have type `[] -> []`";
        throw new WizerException(WizerError.InitFuncUnusable, message) { Hint = hint };
    }

    /// <summary>Also found in no instance that the component exports: the original's command says so.</summary>
    [DoesNotReturn]
    internal static void NoComponentInitFunc(string name, string hint) =>
        throw new WizerException(WizerError.InitFuncUnusable, $"No exported func named `{name}` in component.") { Hint = hint };

    [DoesNotReturn]
    internal static void SeveralComponentInitFuncs(string name, string names)
    {
        string message = $"Multiple instances contained funcs named `{name}`, retry with a more specific name: {names}";
        throw new WizerException(WizerError.InitFuncUnusable, message);
    }

    [DoesNotReturn]
    internal static void ComponentInitFuncIsNotFunc(string name, string hint) =>
        throw new WizerException(WizerError.InitFuncUnusable, $"the component's `{name}` export is not a function") { Hint = hint };

    [DoesNotReturn]
    internal static void ComponentInitFuncHasWrongType(string name, string hint)
    {
        string message = $"the component's `{name}` function export does not have type `[] -> []`";
        throw new WizerException(WizerError.InitFuncUnusable, message) { Hint = hint };
    }

    [DoesNotReturn]
    internal static void BadComponentCall(Exception cause) =>
        throw new WizerException(WizerError.InitFuncUnusable, "the call of the initialization function is malformed", cause);

    [DoesNotReturn]
    internal static void ComponentInitFuncReturnedError(string result) =>
        throw new WizerException(WizerError.InitializationFailed, $"the initialization function returned an error: {result}")
        {
            Hint = "pass --allow-init-error to take the state that it left",
        };

    [DoesNotReturn]
    internal static void ComponentInstantiationFailed(Exception cause) => InstantiationFailed(
        cause, cause is WasmLinkException ? "what a component imports cannot be provided while it is initialized" : null);

    [DoesNotReturn]
    internal static void ComponentInitFuncTrapped(Exception cause, string? hint = null) =>
        throw new WizerException(CodeOf(cause, WizerError.InitializationFailed), "the initialization function trapped", cause)
        {
            Hint = hint,
        };

    [DoesNotReturn]
    internal static void ResetTrapped(string name, Exception cause) =>
        throw new WizerException(CodeOf(cause, WizerError.InitializationFailed), $"the `{name}` function trapped", cause)
        {
            Hint = "pass --reset-wasi=false to leave what the component keeps of WASI as it is",
        };

    [DoesNotReturn]
    internal static void NotStaged(string place, string what) => Unsupported(
        $"{place}: the component that is to start in this state {what}",
        "the two components may differ in what they import, and in modules that provide it, and in nothing else");

    [DoesNotReturn]
    internal static void TooManyHandles(int count, int limit) => Unsupported(
        $"the initialization left up to {count} handles, of resources of the component's own: at most {limit} can be made again",
        "have the initialization drop those that are not needed");

    [DoesNotReturn]
    internal static void HandlesLeft(string handles) =>
        throw new WizerException(WizerError.UnsupportedModule, $"the initialization left handles of resources: {handles}")
        {
            Hint = "what is open does not become part of the component: have the initialization drop it, or pass --handles=warn",
        };

    [DoesNotReturn]
    internal static void DuplicateRenameDestination(string name) =>
        throw new WizerException(WizerError.BadRename, $"Duplicated function rename dst {name}");

    [DoesNotReturn]
    internal static void DuplicateRenameSource(string name) =>
        throw new WizerException(WizerError.BadRename, $"Duplicated function rename src {name}");

    [DoesNotReturn]
    internal static void MalformedRename() =>
        throw new WizerException(WizerError.BadRename, "must contain exactly one equals character ('=')");

    [DoesNotReturn]
    internal static void MalformedDefinition() =>
        throw new WizerException(WizerError.BadOption, "must contain an equals character ('=') before the value");

    [DoesNotReturn]
    internal static void ImportsInCompatibleLayout() => throw new WizerException(
        WizerError.BadOption,
        "the compatible layout is for modules that the original takes, which is none with an imported memory, table or global");

    [DoesNotReturn]
    internal static void UnknownDefinition(string import, string? hint)
    {
        string message = $"the module imports no global {import} that could be given a value";
        throw new WizerException(WizerError.BadOption, message) { Hint = hint };
    }

    [DoesNotReturn]
    internal static void DuplicateDefinition(string import) =>
        throw new WizerException(WizerError.BadOption, $"the global {import} is given a value twice");

    [DoesNotReturn]
    internal static void BadDefinition(string import, string type, string value) =>
        throw new WizerException(WizerError.BadOption, $"the global {import} is of type {type}, and {value} is no value of that type");

    [DoesNotReturn]
    internal static void ImportUnsupported(string import, string problem, string? hint = null) =>
        Unsupported($"the imported {import} {problem}", hint);

    [DoesNotReturn]
    internal static void InitFuncTrapped(string name, Exception cause, string? hint) =>
        throw new WizerException(CodeOf(cause, WizerError.InitializationFailed), $"the `{name}` function trapped", cause) { Hint = hint };

    [DoesNotReturn]
    internal static void ReactorTrapped(Exception cause, string? hint) =>
        throw new WizerException(
            CodeOf(cause, WizerError.InitializationFailed), "calling the Reactor initialization function", cause)
        {
            Hint = hint,
        };

    /// <summary>The original says no more than the cause does.</summary>
    [DoesNotReturn]
    internal static void InstantiationFailed(Exception cause, string? hint) =>
        throw new WizerException(CodeOf(cause, WizerError.InstantiationFailed), cause.Message, cause) { Hint = hint };

    [DoesNotReturn]
    internal static void EnvironmentUnusable(Exception cause) =>
        throw new WizerException(WizerError.EnvironmentUnusable, "failed to set up WASI", cause);

    [DoesNotReturn]
    internal static void BadWasiOption(ArgumentException cause) =>
        throw new WizerException(WizerError.BadOption, "failed to set up WASI", cause);

    [DoesNotReturn]
    internal static void WasiStubbed() =>
        throw new WizerException(WizerError.BadOption, $"cannot both provide `{WasiPreview1.ModuleName}` and stub it");

    [DoesNotReturn]
    internal static void BadTimeout() =>
        throw new WizerException(WizerError.BadOption, "the time limit must not be negative");

    [DoesNotReturn]
    internal static void InputUnreadable(Exception cause) =>
        throw new WizerException(WizerError.InputUnreadable, "failed to read input Wasm module", cause);

    [DoesNotReturn]
    internal static void OutputNotCreated(Exception cause) =>
        throw new WizerException(WizerError.OutputFailed, "failed to create output file", cause);

    [DoesNotReturn]
    internal static void OutputNotWritten(Exception cause) =>
        throw new WizerException(WizerError.OutputFailed, "failed to write to output", cause);

    [DoesNotReturn]
    internal static void TimedOut(TimeSpan timeout) => throw new WizerException(
        WizerError.TimedOut,
        string.Create(
            CultureInfo.InvariantCulture,
            $"the initialization did not finish within {timeout.TotalSeconds} second{(timeout.TotalSeconds == 1 ? "" : "s")}"));

    /// <summary><c>_initialize</c> takes parameters or returns results: the original's wording, in two levels.</summary>
    [DoesNotReturn]
    internal static void ReactorHasWrongType(string side, int typeCount) => throw new WizerException(
        WizerError.InitFuncUnusable,
        $"type mismatch with {side}",
        new WizerException(WizerError.InitFuncUnusable, $"expected 0 types, found {typeCount}"));

    [DoesNotReturn]
    internal static void StateMismatch(string message) => throw new WizerException(WizerError.StateMismatch, message);

    [DoesNotReturn]
    internal static void TooManySegments(int keptCount, int newCount, int maxCount) => throw new WizerException(
        WizerError.SnapshotTooLarge,
        string.Create(
            CultureInfo.InvariantCulture,
            $"the new module keeps {keptCount} data segments and needs at least {newCount} more, but no more than {maxCount} are allowed"));

    [DoesNotReturn]
    internal static void TooManyElementSegments(int count) => throw new WizerException(
        WizerError.SnapshotTooLarge,
        string.Create(
            CultureInfo.InvariantCulture,
            $"the new module needs {count} element segments, but no more than {WasmLimits.MaxElementSegments} are allowed"));

    [DoesNotReturn]
    internal static void TableTooLarge(uint table, ulong elementCount) => throw new WizerException(
        WizerError.SnapshotTooLarge,
        string.Create(
            CultureInfo.InvariantCulture,
            $"table {table} has {elementCount} elements, but no more than {WasmLimits.MaxTableElements} are allowed"));

    internal static void IfFunctionTooLarge(int byteLength)
    {
        if (byteLength > WasmLimits.MaxFunctionSize)
        {
            throw new WizerException(
                WizerError.SnapshotTooLarge,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the new module needs a start function of {byteLength} bytes, but engines accept no more than"
                        + $" {WasmLimits.MaxFunctionSize}"));
        }
    }

    internal static void IfTooMany(string items, int count, int maxCount)
    {
        if (count > maxCount)
        {
            throw new WizerException(
                WizerError.SnapshotTooLarge,
                string.Create(
                    CultureInfo.InvariantCulture, $"the new module needs {count} {items}, but no more than {maxCount} are allowed"));
        }
    }

    [DoesNotReturn]
    internal static void SectionTooLarge(string section, ulong byteLength) => throw new WizerException(
        WizerError.SnapshotTooLarge, $"the {section} section would take {byteLength} bytes, more than the 4294967295 of the binary format");

    [DoesNotReturn]
    internal static void PreloadInvalid(Exception cause, string? hint) =>
        throw new WizerException(WizerError.PreloadInvalid, "failed to parse preload module", cause) { Hint = hint };

    [DoesNotReturn]
    internal static void PreloadFailed(Exception cause, string? hint) =>
        throw new WizerException(CodeOf(cause, WizerError.PreloadFailed), "failed to instantiate preload module", cause) { Hint = hint };

    [DoesNotReturn]
    internal static void PreloadClashes(string module, string name) => throw new WizerException(
        WizerError.PreloadFailed,
        "failed to add preload's exports to linker",
        new WizerException(WizerError.PreloadFailed, $"import of `{module}::{name}` defined twice"));

    // A limit that was met is its own kind of failure, wherever it was met.
    private static WizerError CodeOf(Exception cause, WizerError otherwise) => (cause.InnerException ?? cause) switch
    {
        UnsupportedModuleException when otherwise == WizerError.InitializationFailed => WizerError.UnsupportedModule,
        WasmLimitException { Limit: EngineLimit.MemoryByteLength } => WizerError.MemoryLimitExceeded,
        WasmLimitException { Limit: EngineLimit.TableElementCount } => WizerError.TableLimitExceeded,
        WasmLimitException { Limit: EngineLimit.StackByteLength } => WizerError.StackLimitExceeded,
        _ => otherwise,
    };
}
