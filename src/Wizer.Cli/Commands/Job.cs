using System.Buffers;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>The main job: from the files named on the command line to the pipeline and back.</summary>
internal sealed class Job
{
    private readonly Arguments _arguments;
    private readonly EngineFactory? _engines;
    private readonly Timeline _timeline;
    private readonly Outcome _outcome = new();
    private IMemoryOwner<byte>? _input;
    private Interruption? _interruption;
    private ProgressLine? _progress;

    private Job(Arguments arguments, EngineFactory? engines, Timeline timeline)
    {
        _arguments = arguments;
        _engines = engines;
        _timeline = timeline;
    }

    /// <summary>Runs it to its end, report and all.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Arguments arguments, EngineFactory? engines, Timeline timeline)
    {
        if (arguments.Verbose || arguments.Report is not null)
        {
            timeline.IncludeProcessStart();
        }

        return new Job(arguments, engines, timeline).Run();
    }

    private int Run()
    {
        // Settled before the guest runs: it cannot redirect the report afterwards, and a path that leads nowhere ends the run early.
        using OutputFile? report = ReportFile.At(_arguments);
        using ProfileFiles profiles = ProfileFiles.At(_arguments);
        try
        {
            _progress = ProgressLine.Watch(_timeline);
            try
            {
                _outcome.ExitCode = Initialize(report, profiles);
            }
            finally
            {
                _progress?.Dispose();
            }

            if (_outcome.Run?.Component is { } component && ComponentText.Result(component, _arguments.InitFunc) is { Length: > 0 } result)
            {
                StandardStreams.WriteError(result);
            }

            if (_outcome.Run is { } run && Warnings.Format(run) is { Length: > 0 } warnings)
            {
                StandardStreams.WriteError(warnings);
            }

            WriteReport(report);
            return _outcome.ExitCode;
        }
        catch (Exception error) when (error is not UsageException && _outcome.ExitCode == Command.Succeeded && _outcome.Run is null)
        {
            _outcome.Error = error;
            _outcome.ExitCode = Command.Failed;
            TryWriteReport(report);
            throw;
        }
        finally
        {
            if (_arguments.Verbose)
            {
                _timeline.End();
                StandardStreams.WriteError(Summary.Format(_timeline, _outcome.Run));
            }

            _interruption?.Dispose();
            _input?.Dispose();
        }
    }

    private int Initialize(OutputFile? report, ProfileFiles profiles)
    {
        IInitEngine engine = EngineChoice.Find(_arguments.Engine, _engines);
        _timeline.Begin("read");
        if (_arguments.Input is null)
        {
            // Whoever types has the terminal.
            _progress?.StepAside();
        }

        _input = InputFile.Read(_arguments.Input);
        _outcome.Input = _input.Memory;
        using OutputFile output = OutputFile.At(_arguments.Output);
        ReportFile.DemandOwnPlace(report, output, _arguments);
        profiles.DemandOwnPlaces(output, report);
        InitEnvironment environment = RunSettings.Environment(_arguments, _progress is null ? null : _progress.StepAside);
        ReadOnlyMemory<byte> module = ParseText();
        var initializer = new PreInitializer(RunSettings.Options(_arguments, _timeline))
        {
#if DEBUG
            // A debug build validates what the pipeline writes; with a printer at hand a defect shows the module it happened to.
            OutputCheck = new OutputCheck(static module => Wizer.Text.WatPrinter.Print(Wizer.Binary.ModuleReader.Parse(module))),
#endif
        };
        _interruption = new Interruption(output, report, _progress);
        try
        {
            IModuleSink sink = report is null ? output : new HashingSink(output, _outcome, _timeline);
            RunReport run = engine.Run(initializer, module, sink, environment, _interruption.Token);
            profiles.Write(initializer, module, run.RecordedProfile);
            _outcome.Run = run;
        }
        catch (Exception error) when (_interruption.ExitCode != 0 && error is not CommandException)
        {
            // However the guest took it, the signal is why the run ended.
            return _interruption.ExitCode;
        }
        finally
        {
            _interruption.HasStopped();
            (engine as IDisposable)?.Dispose();
        }

        return Command.Succeeded;
    }

    private void WriteReport(OutputFile? report)
    {
        if (report is null)
        {
            return;
        }

        try
        {
            ReportFile.DemandNoModule(report, _arguments.Report!);
            report.Write(ReportWriter.Format(_arguments, _timeline, _outcome));
        }
        catch (CommandException error)
        {
            throw new CommandException("failed to write the report", error);
        }
    }

    // Of two errors, the first one counts.
    private void TryWriteReport(OutputFile? report)
    {
        try
        {
            WriteReport(report);
        }
        catch (CommandException)
        {
            StandardStreams.WriteError("warning: the report could not be written\n");
        }
    }

    private ReadOnlyMemory<byte> ParseText()
    {
        ReadOnlyMemory<byte> input = _input!.Memory;
        try
        {
            if (ModuleText.IsText(input.Span))
            {
                _timeline.Begin("parse text");
            }

            return ModuleText.ToBinary(input, _arguments.Input ?? InputFile.StandardInputName);
        }
        catch (CommandException error)
        {
            throw new CommandException("failed to parse Wasm", error);
        }
    }
}
