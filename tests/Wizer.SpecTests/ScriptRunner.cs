using Wizer.Binary;
using Wizer.Engine;
using Wizer.TestSupport.Scripts;
using Wizer.Text;

namespace Wizer.SpecTests;

/// <summary>Runs the commands of one script, each counted as passed or failed; nothing a module does ends the run.</summary>
internal sealed class ScriptRunner : IDisposable
{
    /// <summary>How long a script may take; an emulator is given longer by <c>WIZER_SCRIPT_SECONDS</c>.</summary>
    internal static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("WIZER_SCRIPT_SECONDS"), out int seconds) ? seconds : 60);

    private readonly FileResult _result;
    private readonly Store _store;
    private readonly Linker _linker = new();
    private readonly CancellationToken _timeout;
    private readonly WasmFeatures _features;
    private readonly Dictionary<string, Instance> _instances = [];
    private readonly Dictionary<string, ModuleInfo> _definitions = [];
    private readonly IInstanceSubstitution? _substitution;
    private Instance? _latestInstance;
    private ModuleInfo? _latestDefinition;

    internal ScriptRunner(FileResult result, EngineOptions options, SubstitutionFactory? substitution, CancellationToken timeout)
    {
        _result = result;
        _timeout = timeout;
        _features = SpecTestSuite.FeaturesOf(result.File);
        _store = new Store(options, timeout);
        SpectestModule.Define(_store, _linker);
        _substitution = substitution?.Invoke(_store, _linker);
    }

    /// <summary>Runs a script from beginning to end, on a thread with the stack that deep recursion takes.</summary>
    /// <param name="file">The script.</param>
    /// <param name="options">How the engine runs it.</param>
    /// <param name="substitution">Makes what puts other instances into the place of those of the script; null for nothing.</param>
    /// <exception cref="TimeoutException">It does not end.</exception>
    internal static FileResult Run(string file, EngineOptions options, SubstitutionFactory? substitution = null)
    {
        var result = new FileResult(file);
        using var timeout = new CancellationTokenSource(TimeLimit);
        var thread = new Thread(
            () =>
            {
                try
                {
                    using var runner = new ScriptRunner(result, options, substitution, timeout.Token);
                    runner.Run(Script.Load(file));
                }
                catch (Exception e)
                {
                    result.Fail(0, "script", e.ToString());
                }
            },
            maxStackSize: 16 << 20)
        {
            IsBackground = true,
        };
        thread.Start();

        // The guest stops at the limit; the rest is for whatever does not listen.
        return thread.Join(TimeLimit + TimeSpan.FromSeconds(30)) ? result : throw new TimeoutException($"{file} did not end in time");
    }

    private void Run(Script script)
    {
        foreach (ScriptCommand command in script.Commands)
        {
            string? failure;
            try
            {
                failure = _timeout.IsCancellationRequested ? "the time for this file is over" : Run(command) ?? Substitute();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failure = Describe(e);
                if (command is ModuleCommand)
                {
                    // What follows must not be tried on the module before this one.
                    _latestInstance = null;
                }
            }

            if (failure == null)
            {
                _result.Pass();
            }
            else
            {
                _result.Fail(command.Line, command.Keyword, failure);
            }
        }
    }

    public void Dispose() => _store.Dispose();

    private static string Describe(Exception e) => e is WasmException or WatException or WasmTrapException or WasmLinkException or WasmLimitException
        ? $"{e.GetType().Name}: {e.Message}"
        : e.ToString();

    private string? Run(ScriptCommand command)
    {
        switch (command)
        {
            case ModuleCommand module:
                DefineModule(module);
                return null;
            case InstanceCommand instance:
                SetLatest(instance.Name, Instantiate(DefinitionOf(instance.ModuleName)));
                return null;
            case RegisterCommand register:
                _substitution?.Expose(InstanceOf(register.InstanceName));
                _linker.DefineInstance(register.As, InstanceOf(register.InstanceName));
                return null;
            case ActionCommand action:
                Perform(action.Action);
                return null;
            case AssertReturnCommand assertion:
                return ResultMatching.Mismatch(_store, assertion.Expected, Perform(assertion.Action));
            case AssertActionFailsCommand assertion:
                return FailureOf(assertion);
            case AssertModuleFailsCommand assertion:
                return FailureOf(assertion);
            default:
                return "this command is not known";
        }
    }

    private string? Substitute()
    {
        if (_substitution is null || _latestInstance is null)
        {
            return null;
        }

        Instance before = _latestInstance;
        Instance after = _substitution.Replace(before, out string? difference);
        _latestInstance = after;
        foreach (string name in _instances.Keys)
        {
            _instances[name] = _instances[name] == before ? after : _instances[name];
        }

        _result.CountSnapshots(_substitution.Count, _substitution.RefusedCount);
        return difference;
    }

    private void DefineModule(ModuleCommand command)
    {
        ModuleInfo module = Load(command.Module);
        _latestDefinition = module;
        if (command.Name != null)
        {
            _definitions[command.Name] = module;
        }

        if (!command.IsDefinition)
        {
            SetLatest(command.Name, Instantiate(module));
        }
    }

    private ModuleInfo Load(ScriptModule source)
    {
        ModuleInfo module = ModuleReader.Parse(source.Encode(_features));
        ModuleValidator.Validate(module, _features);
        return module;
    }

    private Instance Instantiate(ModuleInfo module) => _linker.Instantiate(_store, module);

    private void SetLatest(string? name, Instance instance)
    {
        _latestInstance = instance;
        if (name != null)
        {
            _instances[name] = instance;
        }
    }

    private Instance InstanceOf(string? name)
    {
        Instance? instance = name == null ? _latestInstance : _instances.GetValueOrDefault(name);
        return instance ?? throw new InvalidOperationException($"there is no instance {name}, because its module failed");
    }

    private ModuleInfo DefinitionOf(string? name)
    {
        ModuleInfo? module = name == null ? _latestDefinition : _definitions.GetValueOrDefault(name);
        return module ?? throw new InvalidOperationException($"there is no module {name}, because it failed");
    }

    private ulong[] Perform(ScriptAction action)
    {
        Instance instance = InstanceOf(action.InstanceName);
        if (action is GetAction get)
        {
            Global global = instance.FindGlobal(get.Name) ?? throw new InvalidOperationException($"no global {get.Name}");
            return global.Type.Value.SlotCount == 2 ? [global.Value, global.High] : [global.Value];
        }

        var invoke = (InvokeAction)action;
        var arguments = new List<ulong>();
        foreach (ScriptValue argument in invoke.Arguments)
        {
            arguments.Add(ResultMatching.HandleOf(argument));
            if (argument.SlotCount == 2)
            {
                arguments.Add(argument.High);
            }
        }

        return instance.Invoke(invoke.Name, arguments.ToArray());
    }

    private string? FailureOf(AssertActionFailsCommand assertion)
    {
        try
        {
            Perform(assertion.Action);
            return $"it returned, and should have failed with: {assertion.Message}";
        }
        catch (WasmTrapException trap)
        {
            bool isExpected = assertion.Failure switch
            {
                ActionFailure.Trap => AgreesWith(trap.Message, assertion.Message),
                ActionFailure.Exhaustion => trap.Kind == TrapKind.CallStackExhausted,
                _ => trap.Kind == TrapKind.UncaughtException,
            };
            return isExpected ? null : $"it trapped with: {trap.Message}, and not with: {assertion.Message}";
        }
    }

    private string? FailureOf(AssertModuleFailsCommand assertion)
    {
        try
        {
            ModuleInfo module = Load(assertion.Module);
            if (assertion.Failure is ModuleFailure.Unlinkable or ModuleFailure.Trap)
            {
                Instantiate(module);
            }
            else if (assertion.Failure is ModuleFailure.MalformedCustom or ModuleFailure.InvalidCustom)
            {
                CustomSectionValidator.Validate(module);
            }

            return $"the module was accepted, and should have failed with: {assertion.Message}";
        }
        catch (Exception e)
        {
            bool isExpected = assertion.Failure switch
            {
                ModuleFailure.Malformed or ModuleFailure.MalformedCustom => e is WatException or WasmFormatException,
                ModuleFailure.Invalid or ModuleFailure.InvalidCustom => e is WasmValidationException,
                ModuleFailure.Unlinkable => e is WasmLinkException && AgreesWith(e.Message, assertion.Message),
                _ => e is WasmTrapException && AgreesWith(e.Message, assertion.Message),
            };
            if (!isExpected)
            {
                return $"failed in another way than {assertion.Message}: {Describe(e)}";
            }

            _result.CountMessage(assertion.Line, assertion.Message, e is WatException text ? text.Reason : e.Message);
            return null;
        }
    }

    // Scripts say "uninitialized element 2" in one place and "uninitialized element" in another.
    private static bool AgreesWith(string actual, string expected) =>
        actual.StartsWith(expected, StringComparison.Ordinal) || expected.StartsWith(actual, StringComparison.Ordinal);
}
