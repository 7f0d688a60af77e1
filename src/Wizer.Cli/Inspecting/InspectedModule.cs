using System.Buffers;
using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>A module that is looked at and not run. It need not be valid.</summary>
internal sealed class InspectedModule : IDisposable
{
    private readonly IMemoryOwner<byte> _bytes;

    private InspectedModule(IMemoryOwner<byte> bytes, ModuleInfo module)
    {
        _bytes = bytes;
        Module = module;
    }

    /// <summary>Good until this object is disposed.</summary>
    public ModuleInfo Module { get; }

    /// <summary>Reads a file, or stdin when the path is null.</summary>
    /// <exception cref="CommandException">It cannot be read, or is malformed.</exception>
    public static InspectedModule Read(string? path)
    {
        IMemoryOwner<byte> bytes = InputFile.Read(path);
        try
        {
            return new InspectedModule(bytes, Parse(bytes.Memory, path ?? InputFile.StandardInputName));
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose() => _bytes.Dispose();

    private static ModuleInfo Parse(ReadOnlyMemory<byte> bytes, string name)
    {
        if (ModuleReader.IsComponent(bytes.Span))
        {
            throw new CommandException("expected a core module, found a component");
        }

        try
        {
            return ModuleReader.Parse(ModuleText.ToBinary(bytes, name));
        }
        catch (Exception error) when (error is WasmException or CommandException)
        {
            throw new CommandException("failed to parse Wasm", error) { Hint = InputHint.Of(bytes.Span) };
        }
    }
}
