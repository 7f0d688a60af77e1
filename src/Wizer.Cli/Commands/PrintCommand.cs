using System.Text;
using Wizer.Text;

namespace Wizer.Cli;

/// <summary><c>wizer print</c>: a module in the text format.</summary>
internal static class PrintCommand
{
    public static void Run(Arguments arguments)
    {
        using InspectedModule file = InspectedModule.Read(arguments.Input);
        if (file.Module is not { } module)
        {
            throw new CommandException("expected a core module, found a component");
        }

        using OutputFile output = OutputFile.At(arguments.Output);
        output.Write(stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), bufferSize: 65536, leaveOpen: true) { NewLine = "\n" };
            WatPrinter.Print(module, writer);
        });
    }
}
