using System.Text;
using Wizer.Binary;
using Wizer.TestSupport.Scripts;
using Xunit;

namespace Wizer.Text.Tests;

/// <summary>Every module in the official scripts, as text.</summary>
public sealed class SpecScriptTests
{
    internal const string NoScripts = "no scripts found: set WASM_TESTSUITE";

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
        WasmFeatures features = SpecTestSuite.FeaturesOf(name);
        foreach (ScriptCommand command in Script.Load(name).Commands)
        {
            string? failure = command switch
            {
                ModuleCommand { Module: not BinaryScriptModule } module => TryEncode(module.Module, features),
                AssertModuleFailsCommand { Failure: ModuleFailure.Malformed or ModuleFailure.MalformedCustom, Module: not BinaryScriptModule } malformed
                    => TryReject(malformed, features),
                AssertModuleFailsCommand { Module: TextScriptModule } other => TryEncode(other.Module, features),
                _ => null,
            };
            if (failure is not null)
            {
                failures.AppendLine($"{name}:{command.Line} {command.Keyword}: {failure}");
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    private static string? TryEncode(ScriptModule module, WasmFeatures features)
    {
        try
        {
            ModuleReader.Parse(module.Encode(features));
            return null;
        }
        catch (Exception e) when (e is WatException or WasmException)
        {
            return e.Message;
        }
    }

    private static string? TryReject(AssertModuleFailsCommand command, WasmFeatures features)
    {
        try
        {
            command.Module.Encode(features);
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
