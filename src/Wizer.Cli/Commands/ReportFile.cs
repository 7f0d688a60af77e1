namespace Wizer.Cli;

/// <summary>Where the report goes: never into the place of a module, by whatever name that goes.</summary>
internal static class ReportFile
{
    /// <summary>Finds out where the report goes; null without one.</summary>
    /// <exception cref="UsageException">The report would replace what is to be read.</exception>
    /// <exception cref="CommandException">It would replace another module, or could not be written.</exception>
    public static OutputFile? At(Arguments arguments)
    {
        if (arguments.Report is not { } path)
        {
            return null;
        }

        OutputFile report = OutputFile.At(arguments.PlaceOfOutput(path));
        try
        {
            if (report.IsInput(arguments.InputPlace))
            {
                throw UsageException.ReportOverInput(path, "the input");
            }

            foreach (string preload in arguments.Preloads)
            {
                string file = preload[(preload.IndexOf('=') + 1)..];
                if (report.IsInput(file == RunSettings.StandardInput ? null : arguments.Place(file)))
                {
                    throw UsageException.ReportOverInput(path, "a module to preload");
                }
            }

            DemandNoModule(report, path);
            return report;
        }
        catch
        {
            report.Dispose();
            throw;
        }
    }

    /// <summary>Throws when the new module and the report go to one file.</summary>
    /// <exception cref="UsageException">They do.</exception>
    public static void DemandOwnPlace(OutputFile? report, OutputFile output, Arguments arguments)
    {
        if (report is not null && report.IsSamePlace(output))
        {
            throw arguments.Output is null ? UsageException.TwoForStandardOutput() : UsageException.TwoForOneFile(arguments.Output);
        }
    }

    /// <summary>Throws when a module is in the report's place.</summary>
    /// <remarks>To be asked again before it is written: directories that know no case show only then that two names are one.</remarks>
    /// <exception cref="CommandException">One is.</exception>
    public static void DemandNoModule(OutputFile report, string? path) => report.DemandNoModule(
        DiagnosticCode.ReportFailed, "failed to create report file", "a report does not replace one", path);
}
