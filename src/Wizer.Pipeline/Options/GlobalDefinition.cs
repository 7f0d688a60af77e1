namespace Wizer.Pipeline;

/// <summary>Gives a global that a module imports a value, and makes it the module's own.</summary>
/// <param name="Import">Both names of the import, with a dot between them: <c>env.__memory_base</c>.</param>
/// <param name="Value">
/// A number: decimal, or hexadecimal with <c>0x</c>, one of 128 bits for a vector; for floats also <c>inf</c>, <c>nan</c> and
/// <c>nan:0x</c> with a payload. <c>null</c> for references.
/// </param>
public sealed record GlobalDefinition(string Import, string Value)
{
    /// <summary>Reads <c>module.name=value</c>; the value follows the last equals sign, since names may well contain another.</summary>
    /// <exception cref="WizerException">There is no equals sign (<see cref="WizerError.BadOption"/>).</exception>
    public static GlobalDefinition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.LastIndexOf('=');
        if (equals < 0)
        {
            Throw.MalformedDefinition();
        }

        return new GlobalDefinition(text[..equals], text[(equals + 1)..]);
    }

    /// <summary><c>module.name=value</c>.</summary>
    public override string ToString() => $"{Import}={Value}";
}
