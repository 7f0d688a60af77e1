using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.TestSupport.Scripts;
using Wizer.Text;

namespace Wizer.Fuzz;

/// <summary>Inputs to begin with: the modules and components of the official scripts, those that are wrong, too.</summary>
public static class Seeds
{
    /// <summary>The scripts whose modules a target takes.</summary>
    public static IReadOnlyList<string> ScriptsOf(string target) =>
        Targets.BeginsWithComponents(target) ? ComponentTestSuite.Scripts : SpecTestSuite.Scripts;

    /// <summary>All modules or components of a script that can be encoded, as the target takes them.</summary>
    public static IEnumerable<byte[]> Of(string target, string script)
    {
        Script loaded = Targets.BeginsWithComponents(target) ? ComponentTestSuite.Load(script) : Script.Load(script);
        foreach (ScriptCommand command in loaded.Commands)
        {
            ScriptModule? module = command switch
            {
                ModuleCommand definition => definition.Module,
                AssertModuleFailsCommand failing => failing.Module,
                _ => null,
            };
            if (module is null || TryMake(target, module) is not { } seed)
            {
                continue;
            }

            yield return seed;
        }
    }

    private static byte[]? TryMake(string target, ScriptModule module)
    {
        try
        {
            if (Targets.TakesText(target) && module is QuoteScriptModule quoted)
            {
                // Without a word about it, fields are a module's.
                return quoted.IsComponent ? [.. "(component "u8, .. quoted.Text.Span, .. ")"u8] : quoted.Text.ToArray();
            }

            byte[] bytes = module.Encode();
            return Targets.TakesText(target) ? Encoding.UTF8.GetBytes(Print(bytes)) : bytes;
        }
        catch (Exception malformed) when (malformed is WatException or WasmException)
        {
            return null;
        }
    }

    private static string Print(byte[] bytes) => ModuleReader.IsComponent(bytes)
        ? WatPrinter.Print(ComponentReader.Parse(bytes))
        : WatPrinter.Print(ModuleReader.Parse(bytes));
}
