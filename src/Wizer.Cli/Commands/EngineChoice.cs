using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Makes an engine that is not part of this command's own code.</summary>
/// <param name="name">As <c>--engine</c> names it.</param>
/// <returns>Null when there is none of that name.</returns>
internal delegate IInitEngine? EngineFactory(string name);

/// <summary>Finds the engine that the command line names.</summary>
internal static class EngineChoice
{
    /// <exception cref="CommandException">It is not part of this command.</exception>
    public static IInitEngine Find(string name, EngineFactory? engines) => name == Arguments.EmbeddedEngine
        ? EmbeddedEngine.Instance
        : engines?.Invoke(name)
            ?? throw new CommandException(DiagnosticCode.EngineMissing, $"the engine `{name}` is not part of this command")
            {
                Hint = "`dotnet tool install --global wizer-wasmtime` installs one that has it: `wizer-wasmtime`, with the same options",
            };
}
