using System.Buffers;
using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>A module or component that is looked at and not run. It need not be valid.</summary>
internal sealed class InspectedModule : IDisposable
{
    private readonly IMemoryOwner<byte> _bytes;

    private InspectedModule(IMemoryOwner<byte> bytes, ModuleInfo? module, ComponentInfo? component)
    {
        _bytes = bytes;
        Module = module;
        Component = component;
    }

    /// <summary>Good until this object is disposed; null for a component.</summary>
    public ModuleInfo? Module { get; }

    /// <summary>Good until this object is disposed; null for a module.</summary>
    public ComponentInfo? Component { get; }

    /// <summary>The size of the module or component in the binary format.</summary>
    public int ByteLength => (Module?.Bytes ?? Component!.Bytes).Length;

    /// <summary>Reads a file, or stdin when the path is null.</summary>
    /// <exception cref="CommandException">It cannot be read, or is malformed.</exception>
    public static InspectedModule Read(string? path)
    {
        IMemoryOwner<byte> bytes = InputFile.Read(path);
        try
        {
            return Parse(bytes, path ?? InputFile.StandardInputName);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose() => _bytes.Dispose();

    private static InspectedModule Parse(IMemoryOwner<byte> bytes, string name)
    {
        try
        {
            ReadOnlyMemory<byte> binary = ModuleText.ToBinary(bytes.Memory, name);
            return ModuleReader.IsComponent(binary.Span)
                ? ParseComponent(bytes, binary)
                : new InspectedModule(bytes, ModuleReader.Parse(binary), null);
        }
        catch (Exception error) when (error is WasmException or CommandException)
        {
            DiagnosticCode code = (error as CommandException)?.Code ?? DiagnosticCode.InvalidModule;
            throw new CommandException(code, "failed to parse Wasm", error) { Hint = InputHint.Of(bytes.Memory.Span) };
        }
    }

    // A method of its own, so that nothing of components is loaded for a module.
    private static InspectedModule ParseComponent(IMemoryOwner<byte> bytes, ReadOnlyMemory<byte> binary) =>
        new(bytes, null, ComponentReader.Parse(binary));
}
