using System.Text;
using Wizer.Engine.Components;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary><c>wasi:cli/environment</c>.</summary>
internal static class CliEnvironment
{
    /// <summary><c>get-environment</c></summary>
    internal static ComponentValue? GetEnvironment(scoped in Preview2Call call)
    {
        // Even a deterministic run gets the environment that it was told to inherit.
        if (call.Wasi.IsEnvironmentInherited)
        {
            call.AnswerVaries();
        }

        call.Wasi.IsEnvironmentKnown = true;
        return ComponentValue.List(Array.ConvertAll(call.Wasi.Environment, static variable =>
        {
            string text = TextOf(variable);
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            return ComponentValue.Tuple(ComponentValue.Of(text[..equals]), ComponentValue.Of(text[(equals + 1)..]));
        }));
    }

    /// <summary><c>get-arguments</c></summary>
    internal static ComponentValue? GetArguments(scoped in Preview2Call call) =>
        ComponentValue.List(Array.ConvertAll(call.Wasi.Arguments, static argument => ComponentValue.Of(TextOf(argument))));

    /// <summary><c>initial-cwd</c>: there is none, as in preview 1.</summary>
    internal static ComponentValue? InitialCwd(scoped in Preview2Call call) => ComponentValue.None;

    // Preview 1 has a terminator behind it.
    private static string TextOf(byte[] terminated) => Encoding.UTF8.GetString(terminated.AsSpan(0, terminated.Length - 1));
}

/// <summary><c>wasi:cli/exit</c>.</summary>
internal static class CliExit
{
    /// <summary><c>exit</c></summary>
    /// <exception cref="WasiExitException">Always.</exception>
    internal static ComponentValue? Exit(scoped in Preview2Call call) => throw new WasiExitException(call[0].Label == "ok" ? 0 : 1);

    /// <summary><c>exit-with-code</c></summary>
    /// <exception cref="WasiExitException">Always.</exception>
    internal static ComponentValue? ExitWithCode(scoped in Preview2Call call) => throw new WasiExitException((int)call.U64(0));
}

/// <summary><c>wasi:cli/stdin</c>.</summary>
internal static class CliStdin
{
    /// <summary><c>get-stdin</c></summary>
    internal static ComponentValue? GetStdin(scoped in Preview2Call call) =>
        call.Context.Own(Preview2Context.InputStream, new InputStream(StandardStreams.Open(call, 0), position: null));
}

/// <summary><c>wasi:cli/stdout</c>.</summary>
internal static class CliStdout
{
    /// <summary><c>get-stdout</c></summary>
    internal static ComponentValue? GetStdout(scoped in Preview2Call call) => StandardStreams.OpenOutput(call, 1);
}

/// <summary><c>wasi:cli/stderr</c>.</summary>
internal static class CliStderr
{
    /// <summary><c>get-stderr</c></summary>
    internal static ComponentValue? GetStderr(scoped in Preview2Call call) => StandardStreams.OpenOutput(call, 2);
}

/// <summary><c>wasi:cli/terminal-stdin</c>.</summary>
internal static class CliTerminalStdin
{
    /// <summary><c>get-terminal-stdin</c></summary>
    internal static ComponentValue? GetTerminalStdin(scoped in Preview2Call call) =>
        StandardStreams.FindTerminal(call, 0, Preview2Context.TerminalInput);
}

/// <summary><c>wasi:cli/terminal-stdout</c>.</summary>
internal static class CliTerminalStdout
{
    /// <summary><c>get-terminal-stdout</c></summary>
    internal static ComponentValue? GetTerminalStdout(scoped in Preview2Call call) =>
        StandardStreams.FindTerminal(call, 1, Preview2Context.TerminalOutput);
}

/// <summary><c>wasi:cli/terminal-stderr</c>.</summary>
internal static class CliTerminalStderr
{
    /// <summary><c>get-terminal-stderr</c></summary>
    internal static ComponentValue? GetTerminalStderr(scoped in Preview2Call call) =>
        StandardStreams.FindTerminal(call, 2, Preview2Context.TerminalOutput);
}

/// <summary>The standard streams, which are the descriptors 0 to 2 of preview 1.</summary>
internal static class StandardStreams
{
    internal static SharedDescriptor Open(scoped in Preview2Call call, uint number) =>
        new(call.Wasi.Descriptors.Find(number)!, isOwned: false);

    internal static ComponentValue OpenOutput(scoped in Preview2Call call, uint number) =>
        call.Context.Own(Preview2Context.OutputStream, new OutputStream(Open(call, number), position: null, appends: false));

    internal static ComponentValue FindTerminal(scoped in Preview2Call call, uint number, string type)
    {
        if (call.Wasi.Descriptors.Find(number)!.Type != FileType.CharacterDevice)
        {
            return ComponentValue.None;
        }

        // Whether a standard stream is a terminal, a C library remembers.
        call.AnswerVaries();
        return ComponentValue.Some(call.Context.Own(type, type));
    }
}
