namespace Wizer.Pipeline;

/// <summary>Gives an export, of whatever kind, a new name in the initialized module.</summary>
/// <param name="Destination">The new name; an export that had it is dropped, even when the source does not exist.</param>
/// <param name="Source">The old name.</param>
public sealed record FuncRename(string Destination, string Source)
{
    /// <summary>Reads <c>destination=source</c>; all that follows the first equals sign is the source.</summary>
    /// <exception cref="WizerException">There is no equals sign (<see cref="WizerError.BadRename"/>).</exception>
    public static FuncRename Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            Throw.MalformedRename();
        }

        return new FuncRename(text[..equals], text[(equals + 1)..]);
    }

    /// <summary><c>destination=source</c>.</summary>
    public override string ToString() => $"{Destination}={Source}";
}
