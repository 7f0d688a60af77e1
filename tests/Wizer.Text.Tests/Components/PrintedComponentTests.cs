using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.TestSupport;
using Wizer.TestSupport.Scripts;
using Xunit;

namespace Wizer.Text.Tests.Components;

/// <summary>Every component in the official scripts of the component model, printed and encoded again.</summary>
public sealed class PrintedComponentTests
{
    public static TheoryData<string> Scripts() => ComponentScriptTests.Scripts();

    [Theory]
    [MemberData(nameof(Scripts))]
    public void PrintedText_EncodesToTheSameComponent(string name)
    {
        if (name == ComponentScriptTests.NoScripts)
        {
            return;
        }

        StringBuilder failures = new();
        foreach (ScriptCommand command in ComponentTestSuite.Load(name).Commands)
        {
            ScriptModule? component = command switch
            {
                ModuleCommand definition => definition.Module,
                AssertModuleFailsCommand { Failure: not ModuleFailure.Malformed } other => other.Module,
                _ => null,
            };
            if (component is not null && TryRoundTrip(component, command is AssertModuleFailsCommand) is { } failure)
            {
                failures.AppendLine($"{name}:{command.Line} {command.Keyword}: {failure}");
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    private static string? TryRoundTrip(ScriptModule component, bool isInvalid)
    {
        byte[] bytes = component.Encode(names: true);
        string text;
        try
        {
            text = WatPrinter.Print(ComponentReader.Parse(bytes));
        }
        catch (WasmException)
        {
            // A few assertions of invalidity are about bytes that are malformed to us.
            return null;
        }

        try
        {
            byte[] again = Wat.Compile(text, names: true);
            string textAgain = WatPrinter.Print(ComponentReader.Parse(again));
            return textAgain != text ? $"differs when printed again\n{text}\n{textAgain}"
                : component is TextScriptModule && !again.AsSpan().SequenceEqual(bytes) ? $"other bytes\n{text}\n{Convert.ToHexString(bytes)}\n{Convert.ToHexString(again)}"
                : null;
        }
        catch (WatException) when (component is BinaryScriptModule && isInvalid)
        {
            // What the text cannot say is invalid: an attribute that is given twice.
            return null;
        }
        catch (WatException e)
        {
            return $"{e.Message}\n{text}";
        }
    }
}
