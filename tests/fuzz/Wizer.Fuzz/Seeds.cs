using System.Text;
using Wizer.Binary;
using Wizer.TestSupport.Scripts;
using Wizer.Text;

namespace Wizer.Fuzz;

/// <summary>Inputs to begin with: the modules of the official scripts, those that are wrong, too.</summary>
public static class Seeds
{
    /// <summary>All modules of a script that can be encoded, as the target takes them.</summary>
    public static IEnumerable<byte[]> Of(string target, string script)
    {
        foreach (ScriptCommand command in Script.Load(script).Commands)
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
            if (target == "text" && module is QuoteScriptModule quoted)
            {
                return quoted.Text.ToArray();
            }

            byte[] bytes = module.Encode();
            return target == "text" ? Encoding.UTF8.GetBytes(WatPrinter.Print(ModuleReader.Parse(bytes))) : bytes;
        }
        catch (Exception malformed) when (malformed is WatException or WasmException)
        {
            return null;
        }
    }
}
