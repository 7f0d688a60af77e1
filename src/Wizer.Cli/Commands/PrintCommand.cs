using System.Runtime.CompilerServices;
using System.Text;
using Wizer.Text;

namespace Wizer.Cli;

/// <summary><c>wizer print</c>: a module or component in the text format.</summary>
internal static class PrintCommand
{
    public static void Run(Arguments arguments)
    {
        using InspectedModule file = InspectedModule.Read(arguments.Input);
        using OutputFile output = OutputFile.At(arguments.Output);
        output.Write(stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), bufferSize: 65536, leaveOpen: true) { NewLine = "\n" };
            if (file.Component is not null)
            {
                PrintComponent(file, writer);
            }
            else
            {
                WatPrinter.Print(file.Module!, writer);
            }
        });
    }

    // A method of its own, so that nothing of components is loaded for a module.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PrintComponent(InspectedModule file, TextWriter writer) => WatPrinter.Print(file.Component!, writer);
}
