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

    internal static WasmLinkException UnknownImport(string module, string name) =>
        new($"unknown import: `{module}::{name}` has not been defined") { ImportModule = module };

    internal static WasmLinkException UnknownAs(string module, string name, FuncType imported, FuncType defined) =>
        new($"{UnknownImport(module, name).Message} with the type {imported}, but with {defined}");

    internal static WasmLinkException IncompatibleType(string module, string name, string details) =>
        new($"incompatible import type for `{module}::{name}`: {details}");
}
