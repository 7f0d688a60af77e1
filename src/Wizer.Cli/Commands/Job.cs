using System.Buffers;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>The main job: from the files named on the command line to the pipeline and back.</summary>
internal sealed partial class Job
{
    private readonly Arguments _arguments;
    private readonly EngineFactory? _engines;
    private readonly Timeline _timeline;
    private readonly JobHost _host;
    private readonly Outcome _outcome = new();

    // What the run reads until it has ended.
    private readonly List<IDisposable> _owned = [];
    private Interruption? _interruption;
    private ProgressLine? _progress;

    private Job(Arguments arguments, EngineFactory? engines, Timeline timeline, JobHost host)
    {
        _arguments = arguments;
        _engines = engines;
        _timeline = timeline;
        _host = host;
    }

    /// <summary>Runs it to its end, report and all.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Arguments arguments, EngineFactory? engines, Timeline timeline, JobHost host)
    {
        if (host.IsProcess && (arguments.Verbose || arguments.Report is not null))
        {
            timeline.IncludeProcessStart();
        }

        return new Job(arguments, engines, timeline, host).Run();
    }

    private int Run()
    {
        // Settled before the guest runs: it cannot redirect the report afterwards, and a path that leads nowhere ends the run early.
        _host.DemandFile(_arguments.Output, "the new module", "-o FILE");
        _host.DemandFile(_arguments.Report ?? "", "the report", "--report FILE");
        _host.DemandFile(_arguments.Depfile ?? "", "the depfile", "--depfile FILE");
        _host.DemandFile(_arguments.Sample ?? "", "the samples", "--sample FILE");
        _host.DemandFile(_arguments.Attribute ?? "", "the attribution", "--attribute FILE");
        using OutputFile? report = ReportFile.At(_arguments);
        using OutputFile? depfile = DependencyFile.At(_arguments);
        using ProfileFiles profiles = ProfileFiles.At(_arguments);
        using StackFiles stacks = StackFiles.At(_arguments);
        try
        {
            _progress = _host.IsProcess ? ProgressLine.Watch(_timeline) : null;
            try
            {
                _outcome.ExitCode = Initialize(report, depfile, profiles, stacks);
            }
            finally
            {
                _progress?.Dispose();
            }

            TellResult();
            if (depfile is not null && _outcome.HasModule)
            {
                DependencyFile.Write(depfile, _arguments, _outcome.Inputs);
            }

            WriteReport(report);
            return _outcome.ExitCode;
        }
        catch (Exception error) when (error is not UsageException && _outcome.ExitCode == Command.Succeeded && !_outcome.HasModule)
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
                _host.WriteError(Summary.Format(_timeline, _outcome.Cached?.Text.Summary ?? Summary.Describe(_outcome.Run)));
            }

            _interruption?.Dispose();
            foreach (IDisposable owned in _owned)
            {
                owned.Dispose();
            }
        }
    }

    // What a run that worked has to say, on stderr.
    private void TellResult()
    {
        string text = _outcome.Cached?.Text.Result ?? (_outcome.Run is { } run ? Result(run) : "");
        IReadOnlyList<Warning> warnings = _outcome.Cached?.Text.Warnings
            ?? (_outcome.Run is { } report ? Warnings.Of(report, _arguments.Syntax) : []);
        foreach (Warning warning in warnings)
        {
            text += Format(warning);
        }

        if (text.Length != 0)
        {
            _host.WriteError(text);
        }
    }

    private string Result(RunReport run) =>
        run.Component is { } component ? ComponentText.Result(component, _arguments.InitFunc) : "";

    private void Warn(Warning warning) => _host.WriteError(Format(warning));

    private string Format(Warning warning) => DiagnosticPrinter.Format(warning, _arguments.ErrorFormat, _arguments.Module);

    private int Initialize(OutputFile? report, OutputFile? depfile, ProfileFiles profiles, StackFiles stacks)
    {
        IInitEngine engine = EngineChoice.Find(_arguments.Engine, _engines);
        _timeline.Begin("read");
        if (_arguments.Input is null)
        {
            // Whoever types has the terminal.
            _progress?.StepAside();
        }

        _host.DemandFile(_arguments.Input, "the module", "as its operand");
        IMemoryOwner<byte> input = InputFile.Read(_arguments.InputPlace);
        _owned.Add(input);
        _outcome.Input = input.Memory;
        using OutputFile output = OutputFile.At(_arguments.Output is { } target ? _arguments.Place(target) : null);
        ReportFile.DemandOwnPlace(report, output, _arguments);
        DependencyFile.DemandOwnPlace(depfile, output, "the new module", _arguments);
        DependencyFile.DemandOwnPlace(depfile, report, "the report", _arguments);
        profiles.DemandOwnPlaces(output, report);
        stacks.DemandOwnPlaces(output, "the new module");
        stacks.DemandOwnPlaces(report, "the report");
        stacks.DemandOwnPlaces(depfile, "the depfile");
        InitEnvironment environment = RunSettings.Environment(_arguments, Streams(), _owned);
        NameInputs(environment);
        RunCache? cache = null;
        if (!stacks.NeedRun && CacheChoice.Address(_arguments) is { } address)
        {
            cache = OpenCache(address, ref environment);
            if (TryFind(cache, output))
            {
                (engine as IDisposable)?.Dispose();
                return Command.Succeeded;
            }
        }

        ReadOnlyMemory<byte> module = ParseText(input.Memory);
        _outcome.Module = module;
        var initializer = new PreInitializer(RunSettings.Options(_arguments, _timeline, isDetailed: cache is not null))
        {
#if DEBUG
            // A debug build validates what the pipeline writes; with a printer at hand a defect shows the module it happened to.
            OutputCheck = new OutputCheck(static module => Wizer.Text.WatPrinter.Print(Wizer.Binary.ModuleReader.Parse(module))),
#endif
        };
        _interruption = _host.IsProcess ? new Interruption(_progress, output, report, depfile) : null;
        try
        {
            IModuleSink sink = report is null ? output : new HashingSink(output, _outcome, _timeline);
            sink = cache is null ? sink : cache.Wrap(sink);
            RunReport run = engine.Run(initializer, module, sink, environment, _interruption?.Token ?? _host.Token);
            profiles.Write(initializer, module, run.RecordedProfile);
            stacks.Write(run);
            _outcome.Run = run;
            Store(cache, run);
        }
        catch (Exception error) when (_interruption is { ExitCode: not 0 } && error is not CommandException)
        {
            // However the guest took it, the signal is why the run ended.
            return _interruption!.ExitCode;
        }
        finally
        {
            _interruption?.HasStopped();
            (engine as IDisposable)?.Dispose();
        }

        return Command.Succeeded;
    }

    private GuestStreams Streams()
    {
        if (_host.IsProcess)
        {
            return new GuestStreams { BeforeUse = _progress is null ? null : _progress.StepAside };
        }

        var stream = new OutputStream(_host.Append);
        return new GuestStreams { IsInherited = false, Output = stream, Errors = stream };
    }

    // For the report: the files that have been read.
    private void NameInputs(InitEnvironment environment)
    {
        for (int i = 0; i < environment.Preloads.Count; i++)
        {
            string preload = _arguments.Preloads[i];
            _outcome.NamedInputs.Add(
                new NamedInput("preload", preload[(preload.IndexOf('=') + 1)..], environment.Preloads[i].Module));
        }

        if (_arguments.ProfileUse is { } profile)
        {
            _outcome.NamedInputs.Add(new NamedInput("profile", profile, environment.Profile));
        }
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
            ReadOnlyMemory<byte> json = ReportWriter.Format(_arguments, _timeline, _outcome);
            report.Write(ReportCommand.IsPage(_arguments.Report!) ? ReportCommand.Format(json) : json);
        }
        catch (CommandException error)
        {
            throw new CommandException(DiagnosticCode.ReportFailed, "failed to write the report", error);
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
            Warn(new Warning(DiagnosticCode.ReportUnwritten, "the report could not be written"));
        }
    }

    private ReadOnlyMemory<byte> ParseText(ReadOnlyMemory<byte> input)
    {
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
            throw new CommandException(DiagnosticCode.MalformedText, "failed to parse Wasm", error);
        }
    }
}
