using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.TestSupport.Scripts;
using Wizer.Text;
using ComponentValue = Wizer.Engine.Components.ComponentValue;
using ScriptComponentValue = Wizer.TestSupport.Scripts.ComponentValue;

namespace Wizer.SpecTests;

/// <summary>Runs the commands of one script of the component model; see <see cref="ScriptRunner"/>.</summary>
internal sealed class ComponentScriptRunner : IDisposable
{
    private readonly FileResult _result;
    private readonly Store _store;
    private readonly ComponentLinker _linker = new();
    private readonly Dictionary<string, ComponentInstance> _instances = [];
    private readonly Dictionary<string, CompiledComponent> _definitions = [];
    private readonly ComponentSubstitution? _substitution;
    private ComponentInstance? _latestInstance;
    private CompiledComponent? _latestDefinition;

    private ComponentScriptRunner(FileResult result, EngineOptions options, bool fromSnapshots, CancellationToken timeout)
    {
        _result = result;
        _store = new Store(options, timeout);
        _substitution = fromSnapshots ? new ComponentSubstitution(_store, _linker) : null;
    }

    /// <summary>Runs a script from beginning to end.</summary>
    /// <param name="file">Which one.</param>
    /// <param name="options">The engine's.</param>
    /// <param name="fromSnapshots">Whether, after each command, its instance gives way to that of its snapshot.</param>
    internal static FileResult Run(string file, EngineOptions options, bool fromSnapshots = false)
    {
        var result = new FileResult(file);
        using var timeout = new CancellationTokenSource(ScriptRunner.TimeLimit);
        using var runner = new ComponentScriptRunner(result, options, fromSnapshots, timeout.Token);
        runner.Run(ComponentTestSuite.Load(file));
        if (runner._substitution is { } substitution)
        {
            result.CountSnapshots(substitution.Count, substitution.Refused.Values.Sum());
            result.SnapshotRefusals = substitution.Refused;
        }

        return result;
    }

    public void Dispose() => _store.Dispose();

    private void Run(Script script)
    {
        foreach (ScriptCommand command in script.Commands)
        {
            string? failure;
            try
            {
                failure = Run(command) ?? Substitute(command);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failure = Describe(e);
                if (command is ModuleCommand or InstanceCommand)
                {
                    // What follows must not be tried on the component before this one.
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

    /// <summary>Goes on with snapshots, where that is wanted.</summary>
    /// <returns>In what one is not the state, or null.</returns>
    private string? Substitute(ScriptCommand command)
    {
        string? name = command switch
        {
            ActionCommand action => action.Action.InstanceName,
            AssertComponentReturnCommand assertion => assertion.Action.InstanceName,
            AssertActionFailsCommand assertion => assertion.Action.InstanceName,
            _ => null,
        };
        ComponentInstance? instance = name is null ? _latestInstance : _instances.GetValueOrDefault(name);
        if (_substitution is null || instance is null || command is AssertModuleFailsCommand)
        {
            return null;
        }

        ComponentInstance next = _substitution.Replace(instance, out string? difference);
        foreach (string known in _instances.Where(pair => pair.Value == instance).Select(static pair => pair.Key).ToArray())
        {
            _instances[known] = next;
        }

        _latestInstance = _latestInstance == instance ? next : _latestInstance;
        return difference;
    }

    private static string Describe(Exception e) => e is WasmException or WatException or WasmTrapException or WasmLinkException or WasmLimitException
        ? $"{e.GetType().Name}: {e.Message}"
        : e.ToString();

    private string? Run(ScriptCommand command)
    {
        switch (command)
        {
            case ModuleCommand module:
                Define(module);
                return null;
            case InstanceCommand instance:
                CompiledComponent? component = instance.ModuleName == null ? _latestDefinition : _definitions.GetValueOrDefault(instance.ModuleName);
                SetLatest(instance.Name, Instantiate(component ?? throw new InvalidOperationException("its component failed")));
                return null;
            case ActionCommand action:
                Perform(action.Action);
                return null;
            case AssertComponentReturnCommand assertion:
                ComponentValue? actual = Perform(assertion.Action);
                ComponentValue? expected = assertion.Expected.Count == 0 ? null : ValueOf(assertion.Expected[0]);
                return Nullable.Equals(actual, expected) ? null : $"it returned {actual}, and not {expected}";
            case AssertActionFailsCommand assertion:
                return FailureOf(assertion);
            case AssertModuleFailsCommand assertion:
                return FailureOf(assertion);
            default:
                return "this command is not known";
        }
    }

    private void Define(ModuleCommand command)
    {
        (ComponentInfo info, ComponentValidationResult validation) = Load(command.Module);
        if (command.IsDefinition)
        {
            // Some definitions import what only a component provides: they are there to be valid, and are not instantiated.
            _latestDefinition = null;
        }

        CompiledComponent component;
        try
        {
            component = CompiledComponent.Compile(info, validation);
        }
        catch (WasmLinkException) when (command.IsDefinition)
        {
            return;
        }

        _latestDefinition = component;
        if (command.Name != null)
        {
            _definitions[command.Name] = component;
        }

        if (!command.IsDefinition)
        {
            SetLatest(command.Name, Instantiate(component));
        }
    }

    private static (ComponentInfo Info, ComponentValidationResult Validation) Load(ScriptModule source)
    {
        ComponentInfo component = ComponentReader.Parse(source.Encode());
        return (component, ComponentValidator.Validate(component));
    }

    private ComponentInstance Instantiate(CompiledComponent component) => _linker.Instantiate(_store, component);

    private void SetLatest(string? name, ComponentInstance instance)
    {
        _latestInstance = instance;
        if (name != null)
        {
            _instances[name] = instance;
        }
    }

    private ComponentValue? Perform(ScriptAction action)
    {
        var invoke = (ComponentInvokeAction)action;
        ComponentInstance? instance = invoke.InstanceName == null ? _latestInstance : _instances.GetValueOrDefault(invoke.InstanceName);
        if (instance is null)
        {
            throw new InvalidOperationException($"there is no instance {invoke.InstanceName}, because its component failed");
        }

        return instance.Invoke(invoke.Name, [.. invoke.Arguments.Select(ValueOf)]);
    }

    private string? FailureOf(AssertActionFailsCommand assertion)
    {
        try
        {
            ComponentValue? result = Perform(assertion.Action);
            return $"it returned {result}, and should have failed with: {assertion.Message}";
        }
        catch (WasmTrapException trap)
        {
            return Agrees(trap, assertion.Message) ? null : $"it trapped with: {trap.Message}, and not with: {assertion.Message}";
        }
    }

    private string? FailureOf(AssertModuleFailsCommand assertion)
    {
        try
        {
            (ComponentInfo info, ComponentValidationResult validation) = Load(assertion.Module);
            if (assertion.Failure is ModuleFailure.Unlinkable or ModuleFailure.Trap)
            {
                Instantiate(CompiledComponent.Compile(info, validation));
            }

            return $"the component was accepted, and should have failed with: {assertion.Message}";
        }
        catch (Exception e)
        {
            string reason = e is WatException text ? text.Reason : e.Message;
            bool isMatch = reason.Contains(assertion.Message, StringComparison.Ordinal);

            // A script calls a byte invalid that is malformed; then its words are those of the reader.
            bool isExpected = assertion.Failure switch
            {
                ModuleFailure.Malformed => e is WatException or WasmFormatException,
                ModuleFailure.Invalid => e is WasmValidationException || (e is WasmFormatException && isMatch),
                ModuleFailure.Unlinkable => e is WasmLinkException,
                _ => e is WasmTrapException trap && Agrees(trap, assertion.Message),
            };
            if (!isExpected)
            {
                return $"failed in another way than {assertion.Message}: {Describe(e)}";
            }

            _result.CountMessage(assertion.Line, assertion.Message, reason, isMatch);
            return null;
        }
    }

    // Some scripts have the words that a command prints around the reason.
    private static bool Agrees(WasmTrapException trap, string expected)
    {
        const string Prefix = "wasm trap: ";
        string reason = expected.StartsWith(Prefix, StringComparison.Ordinal) ? expected[Prefix.Length..] : expected;
        return trap.Message.StartsWith(reason, StringComparison.Ordinal)
            || trap.DisplayMessage.Replace(Prefix, "", StringComparison.Ordinal).StartsWith(reason, StringComparison.Ordinal);
    }

    private static ComponentValue ValueOf(ScriptComponentValue value)
    {
        switch (value)
        {
            case BoolValue boolean:
                return ComponentValue.Of(boolean.Value);
            case IntegerValue integer:
                return integer.Type switch
                {
                    "s8" => ComponentValue.Of((sbyte)integer.Bits),
                    "u8" => ComponentValue.Of((byte)integer.Bits),
                    "s16" => ComponentValue.Of((short)integer.Bits),
                    "u16" => ComponentValue.Of((ushort)integer.Bits),
                    "s32" => ComponentValue.Of((int)integer.Bits),
                    "u32" => ComponentValue.Of((uint)integer.Bits),
                    "s64" => ComponentValue.Of((long)integer.Bits),
                    _ => ComponentValue.Of(integer.Bits),
                };
            case FloatValue { IsDouble: false } number:
                return ComponentValue.Of(BitConverter.UInt32BitsToSingle((uint)number.Bits));
            case FloatValue number:
                return ComponentValue.Of(BitConverter.UInt64BitsToDouble(number.Bits));
            case CharValue character:
                return ComponentValue.Of(character.Value);
            case StringValue text:
                return ComponentValue.Of(text.Value);
            case ListValue list:
                return ComponentValue.List([.. list.Items.Select(ValueOf)]);
            case TupleValue tuple:
                return ComponentValue.Tuple([.. tuple.Items.Select(ValueOf)]);
            case RecordValue record:
                return ComponentValue.Record([.. record.Fields.Select(field => (field.Name, ValueOf(field.Value)))]);
            case VariantValue variant:
                return ComponentValue.Variant(variant.Case, ValueOfOptional(variant.Payload));
            case EnumValue @enum:
                return ComponentValue.Enum(@enum.Case);
            case FlagsValue flags:
                return ComponentValue.Flags([.. flags.Flags]);
            case OptionValue option:
                return option.Value is { } some ? ComponentValue.Some(ValueOf(some)) : ComponentValue.None;
            default:
                var result = (ResultValue)value;
                return result.IsOk ? ComponentValue.Ok(ValueOfOptional(result.Value)) : ComponentValue.Error(ValueOfOptional(result.Value));
        }
    }

    private static ComponentValue? ValueOfOptional(ScriptComponentValue? value) => value is null ? null : ValueOf(value);
}
