using System.Globalization;
using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Shows a module or component as text, for people: one field or instruction a line, names where the <c>name</c> section has
/// them, indices in comments where not. The text encodes to the same module, and to the same component but for how its
/// definitions are grouped in sections. Core 3.0, Text Format; Component Model, Explainer.
/// </summary>
public static class WatPrinter
{
    /// <summary>The text of a module.</summary>
    /// <param name="module">It need not be valid; where an instruction is malformed, a comment says so.</param>
    public static string Print(ModuleInfo module)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Print(module, output);
        return output.ToString();
    }

    /// <summary>Writes the text of a module.</summary>
    /// <param name="module">It need not be valid; where an instruction is malformed, a comment says so.</param>
    /// <param name="output">Owned by the caller; lines end as it says.</param>
    public static void Print(ModuleInfo module, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(output);
        new ModulePrinter(module, output).Print();
    }

    /// <summary>The text of a component.</summary>
    /// <param name="component">It need not be valid.</param>
    public static string Print(ComponentInfo component)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Print(component, output);
        return output.ToString();
    }

    /// <summary>Writes the text of a component.</summary>
    /// <param name="component">It need not be valid.</param>
    /// <param name="output">Owned by the caller; lines end as it says.</param>
    public static void Print(ComponentInfo component, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(component);
        ArgumentNullException.ThrowIfNull(output);
        ComponentPrinter.Print(component, output);
    }
}
