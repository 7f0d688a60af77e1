using Wizer.Binary;

namespace Wizer.Engine;

/// <summary>An import is missing or does not fit. The message begins with the official scripts' text.</summary>
public sealed class WasmLinkException : Exception
{
    internal WasmLinkException(string message)
        : base(message)
    {
    }

    /// <summary>The module that nobody defines what is imported from, when that is why; otherwise null.</summary>
    internal string? ImportModule { get; private init; }

    /// <param name="message">What nobody provides.</param>
    /// <param name="import">The name of the first import among it, or of the instance that it is in.</param>
    internal static WasmLinkException OfComponent(string message, string import) => new(message) { ImportModule = import };

    internal static WasmLinkException UnknownImport(string module, string name) =>
        new($"unknown import: `{module}::{name}` has not been defined") { ImportModule = module };

    /// <param name="module">The module that the first of them is imported from.</param>
    /// <param name="imports">What is missing.</param>
    internal static WasmLinkException UnknownImports(string module, List<string> imports) =>
        new($"unknown imports: {string.Join(", ", imports)} have not been defined") { ImportModule = module };

    internal static WasmLinkException UnknownAs(string module, string name, FuncType imported, FuncType defined) =>
        new($"{UnknownImport(module, name).Message} with the type {imported}, but with {defined}");

    internal static WasmLinkException IncompatibleType(string module, string name, string details) =>
        new($"incompatible import type for `{module}::{name}`: {details}");
}
