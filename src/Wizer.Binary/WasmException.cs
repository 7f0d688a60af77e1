namespace Wizer.Binary;

/// <summary>
/// Something is wrong with a module. The message begins with the wording of the official test scripts, goes on with
/// specifics, and ends with the place: <c>unexpected end (at offset 0x1f)</c>.
/// </summary>
public abstract class WasmException : Exception
{
    /// <summary>Creates the error for a byte of a module.</summary>
    /// <param name="message">What is wrong, without the place.</param>
    /// <param name="offset">Bytes from the start of the module, or -1 when no byte is to blame.</param>
    protected WasmException(string message, long offset)
        : base(offset < 0 ? message : $"{message} (at offset 0x{offset:x})")
    {
        Offset = offset;
        Reason = message;
    }

    /// <summary>Bytes from the start of the module, or -1 when no byte is to blame.</summary>
    public long Offset { get; }

    /// <summary>The message without the place.</summary>
    public string Reason { get; }
}

/// <summary>The bytes are malformed: they are no module at all. Core 3.0, Binary Format.</summary>
public sealed class WasmFormatException(string message, long offset) : WasmException(message, offset);

/// <summary>The module is well-formed but invalid. Core 3.0, Validation.</summary>
public sealed class WasmValidationException(string message, long offset) : WasmException(message, offset);

/// <summary>The module is valid but holds something this tool cannot handle.</summary>
public sealed class UnsupportedModuleException(string message, long offset = -1) : WasmException(message, offset);
