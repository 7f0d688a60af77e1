namespace Wizer.TestSupport.Scripts;

/// <summary>One command of a <c>.wast</c> script.</summary>
/// <param name="Line">The line its parenthesis stands on, from 1.</param>
public abstract record ScriptCommand(int Line)
{
    /// <summary>The keyword a reader of the script sees: <c>assert_return</c>, <c>module</c>, …</summary>
    public abstract string Keyword { get; }
}

/// <summary>
/// <c>(module …)</c>, and <c>(module definition …)</c>, which is only validated and can be instantiated later; and the same with
/// <c>component</c>.
/// </summary>
/// <param name="Line">See <see cref="ScriptCommand"/>.</param>
/// <param name="Name">The identifier with its <c>$</c>, or null.</param>
/// <param name="Module">What it defines.</param>
/// <param name="IsDefinition">Whether it is not instantiated at once.</param>
public sealed record ModuleCommand(int Line, string? Name, ScriptModule Module, bool IsDefinition) : ScriptCommand(Line)
{
    public override string Keyword => Module.IsComponent ? "component" : "module";
}

/// <summary>
/// <c>(module instance $instance $module)</c>, or <c>(component instance …)</c>: instantiates a definition; null is the latest one.
/// </summary>
public sealed record InstanceCommand(int Line, string? Name, string? ModuleName, bool IsComponent) : ScriptCommand(Line)
{
    public override string Keyword => IsComponent ? "component instance" : "module instance";
}

/// <summary><c>(register "as" $instance)</c>: offers an instance's exports for import; null is the latest instance.</summary>
public sealed record RegisterCommand(int Line, string As, string? InstanceName) : ScriptCommand(Line)
{
    public override string Keyword => "register";
}

/// <summary>An action whose results do not matter, but which must not fail.</summary>
public sealed record ActionCommand(int Line, ScriptAction Action) : ScriptCommand(Line)
{
    public override string Keyword => Action is GetAction ? "get" : "invoke";
}

/// <summary><c>assert_return</c>: the action ends with these results.</summary>
public sealed record AssertReturnCommand(int Line, ScriptAction Action, IReadOnlyList<ResultPattern> Expected) : ScriptCommand(Line)
{
    public override string Keyword => "assert_return";
}

/// <summary><c>assert_return</c> on a function of a component: there is at most one result.</summary>
public sealed record AssertComponentReturnCommand(int Line, ScriptAction Action, IReadOnlyList<ComponentValue> Expected) : ScriptCommand(Line)
{
    public override string Keyword => "assert_return";
}

/// <summary>How an action is expected to fail.</summary>
public enum ActionFailure
{
    /// <summary><c>assert_trap</c>.</summary>
    Trap,

    /// <summary><c>assert_exhaustion</c>: the call stack overflows.</summary>
    Exhaustion,

    /// <summary><c>assert_exception</c>: a guest exception leaves the call; there is no message.</summary>
    Exception,
}

/// <summary><c>assert_trap</c>, <c>assert_exhaustion</c> and <c>assert_exception</c> on an action.</summary>
public sealed record AssertActionFailsCommand(int Line, ActionFailure Failure, ScriptAction Action, string Message) : ScriptCommand(Line)
{
    public override string Keyword => Failure switch
    {
        ActionFailure.Trap => "assert_trap",
        ActionFailure.Exhaustion => "assert_exhaustion",
        _ => "assert_exception",
    };
}

/// <summary>How a module is expected to fail.</summary>
public enum ModuleFailure
{
    /// <summary><c>assert_malformed</c>: it does not parse, as text or as binary.</summary>
    Malformed,

    /// <summary><c>assert_invalid</c>: it parses and does not validate.</summary>
    Invalid,

    /// <summary><c>assert_unlinkable</c>: it validates and its imports do not fit.</summary>
    Unlinkable,

    /// <summary><c>assert_trap</c> on a module: its instantiation traps.</summary>
    Trap,

    /// <summary><c>assert_malformed_custom</c>: an annotation or custom section is malformed.</summary>
    MalformedCustom,

    /// <summary><c>assert_invalid_custom</c>: an annotation or custom section is invalid.</summary>
    InvalidCustom,
}

/// <summary>The assertions that a module fails at some stage.</summary>
public sealed record AssertModuleFailsCommand(int Line, ModuleFailure Failure, ScriptModule Module, string Message) : ScriptCommand(Line)
{
    public override string Keyword => Failure switch
    {
        ModuleFailure.Malformed => "assert_malformed",
        ModuleFailure.Invalid => "assert_invalid",
        ModuleFailure.Unlinkable => "assert_unlinkable",
        ModuleFailure.Trap => "assert_trap",
        ModuleFailure.MalformedCustom => "assert_malformed_custom",
        _ => "assert_invalid_custom",
    };
}

/// <summary>Something done to an instance; null is the latest one.</summary>
public abstract record ScriptAction(string? InstanceName);

/// <summary><c>(invoke $instance "name" argument…)</c>.</summary>
public sealed record InvokeAction(string? InstanceName, string Name, IReadOnlyList<ScriptValue> Arguments) : ScriptAction(InstanceName);

/// <summary><c>(invoke $instance "name" argument…)</c>, where the instance is a component's.</summary>
public sealed record ComponentInvokeAction(string? InstanceName, string Name, IReadOnlyList<ComponentValue> Arguments)
    : ScriptAction(InstanceName);

/// <summary><c>(get $instance "name")</c>: reads an exported global.</summary>
public sealed record GetAction(string? InstanceName, string Name) : ScriptAction(InstanceName);
