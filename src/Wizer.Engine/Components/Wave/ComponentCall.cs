using Wizer.Engine.Components.Wave;

namespace Wizer.Engine.Components;

/// <summary>
/// A function of a component as people name it, with or without arguments: <c>init</c>, <c>setup(1000, "Abc")</c> or
/// <c>local:local/init.add-string@0.1.0("hi")</c>, where the version, which belongs to the instance, stands last.
/// Component Model, WAVE: Function calls.
/// </summary>
public sealed class ComponentCall
{
    private readonly int _arguments;

    private ComponentCall(string text)
    {
        Text = text;
        int open = text.IndexOf('(', StringComparison.Ordinal);
        HasArguments = open >= 0;
        _arguments = HasArguments ? open : text.Length;
        Name = text[.._arguments].Trim();

        // Behind the bracket of `[method]a.b`, a dot is part of the function's name.
        int dot = Name.StartsWith('[') ? -1 : Name.IndexOf('.', StringComparison.Ordinal);
        int at = Name.LastIndexOf('@');
        if (dot < 0 || (at >= 0 && at < dot))
        {
            FunctionName = Name;
            return;
        }

        string version = at < 0 ? "" : Name[at..];
        InstanceName = Name[..dot] + version;
        FunctionName = Name[(dot + 1)..^version.Length];
    }

    /// <summary>What was parsed.</summary>
    public string Text { get; }

    /// <summary>All that stands before the arguments.</summary>
    public string Name { get; }

    /// <summary>The exported instance that has the function, with its version; null where the name has no instance.</summary>
    public string? InstanceName { get; }

    /// <summary>The function, without its instance.</summary>
    public string FunctionName { get; }

    /// <summary>Whether there are parentheses; what has none is a bare name.</summary>
    public bool HasArguments { get; }

    /// <summary>Takes a call apart, whatever its function turns out to be: the first parenthesis begins the arguments.</summary>
    public static ComponentCall Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ComponentCall(text);
    }

    /// <summary>
    /// Parses the arguments, none for a bare name. Options at the end that are <c>none</c> may be left out.
    /// </summary>
    /// <param name="type">The type of the function.</param>
    /// <exception cref="WaveFormatException">They are not well-formed, or not of the parameters' types.</exception>
    public ComponentValue[] ParseArguments(ComponentFuncType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var cursor = new WaveCursor(Text, _arguments, $"`{Name}` is {type}");
        return new WaveParser(cursor).ParseArguments(type.Resolved, HasArguments);
    }
}
