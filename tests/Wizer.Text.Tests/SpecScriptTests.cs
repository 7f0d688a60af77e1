using System.Text;
using Wizer.Binary;
using Wizer.TestSupport.Scripts;
using Xunit;

namespace Wizer.Text.Tests;

/// <summary>Every module in the official scripts, as text.</summary>
public sealed class SpecScriptTests
{
    internal const string NoScripts = "no scripts found: set WASM_TESTSUITE";

    // Written when memory sizes had 32 bits in the text already; since 3.0 the same text is well-formed and invalid.
    private static readonly HashSet<string> s_outdated =
        ["proposals/threads/memory.wast:83", "proposals/threads/memory.wast:87", "proposals/threads/memory.wast:91"];

    /// <summary>All scripts but those of a proposal beyond 3.0 that nothing here knows.</summary>
    public static TheoryData<string> Scripts() => SpecTestSuite.IsPresent
        ? [.. SpecTestSuite.Scripts.Where(name => !name.StartsWith("proposals/custom-descriptors/", StringComparison.Ordinal))]
        : [NoScripts];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void EveryTextModule_Encodes_AndEveryMalformedOne_IsRejected(string name)
    {
        if (name == NoScripts)
        {
            return;
        }

        StringBuilder failures = new();
        foreach (ScriptCommand command in Script.Load(name).Commands)
        {
            string? failure = command switch
            {
                ModuleCommand { Module: not BinaryScriptModule } module => TryEncode(module.Module),
                AssertModuleFailsCommand { Failure: ModuleFailure.Malformed, Module: not BinaryScriptModule } malformed => TryReject(malformed),
                AssertModuleFailsCommand { Module: TextScriptModule } other => TryEncode(other.Module),
                _ => null,
            };
            if (failure is not null && !s_outdated.Contains($"{name}:{command.Line}"))
            {
                failures.AppendLine($"{name}:{command.Line} {command.Keyword}: {failure}");
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    private static string? TryEncode(ScriptModule module)
    {
        try
        {
            ModuleReader.Parse(module.Encode());
            return null;
        }
        catch (Exception e) when (e is WatException or WasmException)
        {
            return e.Message;
        }
    }

    private static string? TryReject(AssertModuleFailsCommand command)
    {
        try
        {
            command.Module.Encode();
            return $"accepted, expected: {command.Message}";
        }
        catch (WatException e)
        {
            return e.Reason.StartsWith(command.Message, StringComparison.Ordinal)
                ? null
                : $"{e.Message}, expected: {command.Message}";
        }
    }
}
