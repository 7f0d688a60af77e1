namespace Wizer.Engine.Components;

/// <summary>
/// What there is at run time for each instance of a component, nested ones included. Component Model, Canonical ABI: Component
/// Instance State.
/// </summary>
/// <param name="root">The instance that all of it belongs to.</param>
/// <param name="parent">The instance whose component this one is nested in; null for the outermost.</param>
internal sealed class ComponentState(ComponentInstance root, ComponentState? parent)
{
    private const string CannotEnter = "cannot enter component instance";

    // What runs before and beside calls: start functions of core modules.
    private readonly CallScope _outsideOfCalls = new(isAsync: false);
    private CallScope? _task;
    private bool _isPoisoned;
    private int _backpressure;

    internal ComponentInstance Root => root;

    internal HandleTable Handles { get; } = new();

    /// <summary>Not while values are lowered into it, nor in a <c>post-return</c> function.</summary>
    internal bool MayLeave { get; set; } = true;

    /// <summary>The call that it is executing.</summary>
    internal CallScope Task => _task ?? _outsideOfCalls;

    /// <summary>Whether a call has trapped, so that it cannot be entered any more.</summary>
    internal bool IsPoisoned => _isPoisoned;

    /// <summary>Whether it has asked not to be called, and not taken that back.</summary>
    internal bool HasBackpressure => _backpressure != 0;

    /// <summary>Changes how often the instance has asked not to be called by tasks that could wait.</summary>
    internal void ChangeBackpressure(int by)
    {
        const int MaxBackpressure = ushort.MaxValue;
        _backpressure += by;
        if (_backpressure is < 0 or > MaxBackpressure)
        {
            throw new WasmTrapException("backpressure counter overflow");
        }
    }

    internal void CheckMayLeave()
    {
        if (!MayLeave)
        {
            throw new WasmTrapException("cannot leave component instance");
        }
    }

    /// <summary>
    /// Runs a call in the instance. Whatever ends it otherwise than by returning leaves an instance that is not entered again.
    /// </summary>
    /// <param name="caller">The instance that calls; null for the host.</param>
    /// <param name="isAsync">Whether the function is of an <c>async</c> type.</param>
    /// <param name="body">The call.</param>
    /// <param name="result">What <c>task.return</c> fills; null for functions that return by themselves.</param>
    internal void Enter(ComponentState? caller, bool isAsync, Action<CallScope> body, AsyncResult? result = null)
    {
        // Nobody expects to be called before an earlier call has ended.
        bool isRecursive = caller is null
            ? root.ActiveCallCount > 0
            : caller.IsWithin(this) || IsWithin(caller);
        if (isRecursive || _isPoisoned)
        {
            throw new WasmTrapException(CannotEnter);
        }

        if (isAsync && _backpressure > 0)
        {
            throw new WasmTrapException("deadlock detected: event loop cannot make further progress");
        }

        CallScope? previous = _task;
        var task = new CallScope(isAsync) { Result = result };
        _task = task;
        root.ActiveCallCount++;
        bool isDone = false;
        try
        {
            body(task);
            isDone = true;
        }
        catch (WasmGuestException e)
        {
            // Exceptions are between core modules of one instance.
            throw new WasmTrapException("an exception was not caught within its component instance", e);
        }
        finally
        {
            _isPoisoned |= !isDone;
            _task = previous;
            root.ActiveCallCount--;
        }
    }

    private bool IsWithin(ComponentState other)
    {
        for (ComponentState? state = this; state is not null; state = state.Parent)
        {
            if (state == other)
            {
                return true;
            }
        }

        return false;
    }

    private ComponentState? Parent => parent;
}
