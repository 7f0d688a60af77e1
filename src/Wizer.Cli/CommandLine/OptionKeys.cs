namespace Wizer.Cli;

/// <summary>Takes a key of an option into the arguments.</summary>
/// <param name="arguments">The arguments.</param>
/// <param name="use">The option, with the value of the key as its value.</param>
/// <exception cref="UsageException">The value makes no sense.</exception>
internal delegate void OptionKeySetter(Arguments arguments, OptionUse use);

/// <summary>What may stand in the value of an option that is written <c>KEY[=VAL[,..]]</c>.</summary>
internal sealed class OptionKey
{
    private OptionKey(string name, OptionKeySetter set)
    {
        Name = name;
        Set = set;
    }

    internal string Name { get; }

    private OptionKeySetter Set { get; }

    /// <summary>A key that is on when it stands alone, and takes yes and no.</summary>
    internal static OptionKey Flag(string name, Action<Arguments, bool> set) =>
        new(name, (arguments, use) => set(arguments, ParseFlag(name, use)));

    /// <summary>A key that takes a value.</summary>
    internal static OptionKey Value(string name, OptionKeySetter set) => new(name, (arguments, use) =>
    {
        if (use.Value is null)
        {
            throw UsageException.MissingKeyValue(use.Option, name);
        }

        set(arguments, use);
    });

    /// <summary>A key that means nothing here, whatever its value, so that nothing is lost without it.</summary>
    internal static OptionKey Accepted(string name) => new(name, static (_, _) => { });

    /// <summary>A key for what is always so.</summary>
    internal static OptionKey Always(string name) => new(name, (_, use) =>
    {
        if (!ParseFlag(name, use))
        {
            throw UsageException.RefusedKey(use.Option, $"{name}=n", "it cannot be switched off");
        }
    });

    /// <summary>A key for what there is not.</summary>
    internal static OptionKey Never(string name, string reason) => new(name, (_, use) =>
    {
        if (ParseFlag(name, use))
        {
            throw UsageException.RefusedKey(use.Option, name, reason);
        }
    });

    /// <summary>A key with a value, for what there is not.</summary>
    internal static OptionKey Refused(string name, string reason) =>
        new(name, (_, use) => throw UsageException.RefusedKey(use.Option, name, reason));

    /// <summary>Reads the value of such an option.</summary>
    /// <exception cref="UsageException">A key is unknown, is refused, or its value makes no sense.</exception>
    internal static void Apply(OptionKey[] keys, Arguments arguments, OptionUse use)
    {
        foreach (string part in use.Value.Split(','))
        {
            int equals = part.IndexOf('=');
            string name = equals < 0 ? part : part[..equals];
            OptionKey key = Array.Find(keys, key => key.Name == name)
                ?? throw UsageException.UnknownKey(use.Option, name, Array.ConvertAll(keys, key => key.Name));
            key.Set(arguments, new OptionUse(use.Option, equals < 0 ? null : part[(equals + 1)..], use.Flag, use.IsLetter));
        }
    }

    private static bool ParseFlag(string name, OptionUse use) => use.Value switch
    {
        null or "y" or "yes" or "true" => true,
        "n" or "no" or "false" => false,
        _ => throw UsageException.InvalidKeyValue(use.Option, name, use.Value, "y or n"),
    };
}
