using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.TestSupport.Scripts;
using Xunit;

namespace Wizer.Text.Tests.Components;

/// <summary>Every component in the official scripts of the component model, as text.</summary>
public sealed class ComponentScriptTests
{
    internal const string NoScripts = "no scripts found: set COMPONENT_TESTSUITE";

    public static TheoryData<string> Scripts() => ComponentTestSuite.IsPresent ? [.. ComponentTestSuite.Scripts] : [NoScripts];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void EveryTextComponent_Encodes_AndEveryMalformedOne_IsRejected(string name)
    {
        if (name == NoScripts)
        {
            return;
        }

        StringBuilder failures = new();
        foreach (ScriptCommand command in ComponentTestSuite.Load(name).Commands)
        {
            string? failure = command switch
            {
                ModuleCommand { Module: not BinaryScriptModule } module => TryEncode(module.Module),
                AssertModuleFailsCommand { Failure: ModuleFailure.Malformed, Module: not BinaryScriptModule } malformed => TryReject(malformed),
                AssertModuleFailsCommand { Module: TextScriptModule } other => TryEncode(other.Module),
                _ => null,
            };
            if (failure is not null)
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
            ComponentReader.Parse(module.Encode());
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
        catch (WatException)
        {
            return null;
        }
    }
}
