using System.Text;
using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>What <c>--depfile</c> writes: a rule, as Make and Ninja read it.</summary>
internal static class DependencyFile
{
    /// <summary>Finds out where it goes; null without one.</summary>
    /// <exception cref="UsageException">It would replace what is to be read.</exception>
    /// <exception cref="CommandException">It would replace a module, or could not be written.</exception>
    public static OutputFile? At(Arguments arguments)
    {
        if (arguments.Depfile is not { } path)
        {
            return null;
        }

        OutputFile file = OutputFile.At(arguments.PlaceOfOutput(path));
        try
        {
            if (file.IsInput(arguments.InputPlace))
            {
                throw UsageException.DepfileInPlaceOf(path, "the input");
            }

            DemandNoModule(file, path);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Throws when it goes where something else goes.</summary>
    /// <exception cref="UsageException">It does.</exception>
    public static void DemandOwnPlace(OutputFile? file, OutputFile? other, string what, Arguments arguments)
    {
        if (file is not null && other is not null && file.IsSamePlace(other))
        {
            throw UsageException.DepfileInPlaceOf(arguments.Depfile!, what);
        }
    }

    /// <summary>Writes it.</summary>
    /// <param name="file">Where it goes.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="inputs">What the guest looked at.</param>
    /// <exception cref="CommandException">It could not be written, or a path cannot stand in such a file.</exception>
    public static void Write(OutputFile file, Arguments arguments, IReadOnlyList<RunInput> inputs)
    {
        try
        {
            DemandNoModule(file, arguments.Depfile!);
            file.Write(Format(arguments.Output!, Dependencies(arguments, inputs)));
        }
        catch (CommandException error)
        {
            throw new CommandException(DiagnosticCode.DepfileFailed, "failed to write the depfile", error);
        }
    }

    /// <summary>The files that the new module depends on, each once.</summary>
    public static List<string> Dependencies(Arguments arguments, IReadOnlyList<RunInput> inputs)
    {
        var paths = new List<string>();
        var known = new HashSet<string>();
        foreach (string path in NamedFiles(arguments))
        {
            Add(path);
        }

        // A directory changes whenever a file appears in it, so that one with the outputs in it would never be up to date.
        var outputs = new HashSet<string>();
        foreach (string? path in (string?[])[arguments.Output, arguments.Depfile, arguments.Report])
        {
            if (path is not null)
            {
                outputs.Add(Path.GetFullPath(HostFiles.DirectoryOf(arguments.Place(path))));
            }
        }

        foreach (RunInput input in inputs)
        {
            bool isFile = input.Kind is InputKind.File or InputKind.Size || input is { Kind: InputKind.Status, Answer: "file" };
            if (isFile || (input.Kind == InputKind.Listing && !outputs.Contains(Path.GetFullPath(input.Name!))))
            {
                Add(ReportedPaths.Shown(arguments, input.Name!));
            }
        }

        return paths;

        void Add(string path)
        {
            if (known.Add(path))
            {
                paths.Add(path);
            }
        }
    }

    /// <summary>The module, those to preload, and a profile.</summary>
    public static IEnumerable<string> NamedFiles(Arguments arguments)
    {
        if (arguments.Input is { } input)
        {
            yield return input;
        }

        foreach (string preload in arguments.Preloads)
        {
            if (preload[(preload.IndexOf('=') + 1)..] is not RunSettings.StandardInput and var path)
            {
                yield return path;
            }
        }

        if (arguments.ProfileUse is { } profile)
        {
            yield return profile;
        }
    }

    /// <summary>The rule.</summary>
    /// <param name="target">What depends.</param>
    /// <param name="dependencies">On what.</param>
    /// <exception cref="CommandException">A path cannot stand in such a file.</exception>
    public static byte[] Format(string target, IReadOnlyList<string> dependencies)
    {
        var rule = new StringBuilder();
        AppendPath(rule, target);
        rule.Append(':');
        foreach (string path in dependencies)
        {
            rule.Append(" \\\n  ");
            AppendPath(rule, path);
        }

        rule.Append('\n');

        // Paths need not be UTF-8.
        return PathBytes.Terminated(rule.ToString())[..^1];
    }

    // What GNU Make's manual and Ninja's reader agree on: a backslash stands for itself unless it is before what it would quote.
    private static void AppendPath(StringBuilder rule, string path)
    {
        int backslashCount = 0;
        for (int i = 0; i < path.Length; i++)
        {
            char c = path[i];
            switch (c)
            {
                case '\n' or '\r' or '\0':
                    throw Unwritable(path, "a line break in its name");
                case ' ' or '\t' or '#':
                    rule.Append('\\', backslashCount + 1);
                    break;
                case ':' when !IsDrive(path, i):
                    rule.Append('\\', backslashCount + 1);
                    break;
                case '$':
                    rule.Append('$');
                    break;
            }

            backslashCount = c == '\\' ? backslashCount + 1 : 0;
            rule.Append(c);
        }

        if (backslashCount != 0)
        {
            // Make halves backslashes before a blank that ends a name, and Ninja does not.
            throw Unwritable(path, "a backslash at the end of its name");
        }
    }

    private static bool IsDrive(string path, int at) => at == 1 && char.IsAsciiLetter(path[0]) && path.Length > 2 && path[2] is '\\' or '/';

    private static CommandException Unwritable(string path, string why) =>
        new(DiagnosticCode.DepfileFailed, $"a file with {why} cannot be named there: `{path.ReplaceLineEndings("?")}`");

    private static void DemandNoModule(OutputFile file, string path) => file.DemandNoModule(
        DiagnosticCode.DepfileFailed, "failed to create the depfile", "a depfile does not replace one", path);
}
