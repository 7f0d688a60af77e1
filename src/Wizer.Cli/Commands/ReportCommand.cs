using System.Buffers;

namespace Wizer.Cli;

/// <summary><c>wizer report</c>: the page that shows a report.</summary>
internal static class ReportCommand
{
    /// <summary>Reads a report in JSON, and writes the page.</summary>
    /// <exception cref="CommandException">It cannot be read, is no report, or the page cannot be written.</exception>
    public static void Run(Arguments arguments)
    {
        using IMemoryOwner<byte> report = arguments.Input is { } path
            ? InputFile.ReadFile(path, "failed to open the report")
            : InputFile.Read(null);
        using OutputFile output = OutputFile.At(arguments.Output);
        ReportFile.DemandNoModule(output, arguments.Output);
        output.Write(Format(report.Memory));
    }

    /// <summary>The page of a report.</summary>
    /// <exception cref="CommandException">It is no report.</exception>
    public static ReadOnlyMemory<byte> Format(ReadOnlyMemory<byte> report)
    {
        try
        {
            return PageWriter.Format(report);
        }
        catch (CommandException error)
        {
            throw new CommandException(DiagnosticCode.ReportFailed, "failed to show the report", error);
        }
    }

    /// <summary>Whether a report that goes to a file of this name is to be a page.</summary>
    public static bool IsPage(string path) =>
        path.EndsWith(".html", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".htm", StringComparison.OrdinalIgnoreCase);
}
