using System.Text;
using Wizer.Binary;
using Wizer.TestSupport;
using Wizer.TestSupport.Scripts;
using Xunit;

namespace Wizer.Text.Tests.Printing;

/// <summary>Every module in the official scripts, printed and encoded again.</summary>
public sealed class PrintedScriptTests
{
    public static TheoryData<string> Scripts() => SpecScriptTests.Scripts();

    [Theory]
    [MemberData(nameof(Scripts))]
    public void PrintedText_EncodesToTheSameModule(string name)
    {
        if (name == SpecScriptTests.NoScripts)
        {
            return;
        }

        StringBuilder failures = new();
        foreach (ScriptCommand command in Script.Load(name).Commands)
        {
            ScriptModule? module = command switch
            {
                ModuleCommand definition => definition.Module,
                AssertModuleFailsCommand { Failure: not (ModuleFailure.Malformed or ModuleFailure.MalformedCustom) } other => other.Module,
                _ => null,
            };
            if (module is not null && TryRoundTrip(module) is { } failure)
            {
                failures.AppendLine($"{name}:{command.Line} {command.Keyword}: {failure}");
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    private static string? TryRoundTrip(ScriptModule module)
    {
        byte[] bytes = module.Encode();
        string text;
        try
        {
            text = WatPrinter.Print(ModuleReader.Parse(bytes));
        }
        catch (WasmException)
        {
            // A few assertions of invalidity are about bytes that are malformed to us.
            return null;
        }

        try
        {
            byte[] again = Wat.Compile(text);
            string textAgain = WatPrinter.Print(ModuleReader.Parse(Wat.Compile(text, names: true)));
            return textAgain != text ? $"differs when printed again\n{text}\n{textAgain}"
                : module is TextScriptModule && !again.AsSpan().SequenceEqual(bytes) ? $"other bytes\n{text}\n{Convert.ToHexString(bytes)}\n{Convert.ToHexString(again)}"
                : null;
        }
        catch (WatException e)
        {
            return $"{e.Message}\n{text}";
        }
    }
}
