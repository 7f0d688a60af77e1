using Wizer.Binary;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine;

/// <summary>The body of a preview 1 function. It never throws, except to end the guest.</summary>
internal delegate Errno WasiBody(scoped in WasiCall call);

/// <summary>What a function of WASI preview 1 is, whoever's.</summary>
internal sealed class WasiDefinition(string name, FuncType type, WasiBody body)
{
    internal string Name { get; } = name;

    internal FuncType Type { get; } = type;

    internal WasiBody Body { get; } = body;
}

/// <summary>A function of WASI preview 1, ready to be given to a linker.</summary>
public sealed class WasiFunction : ILinkedFunction
{
    private readonly WasiContext _context;
    private readonly WasiBody _body;

    internal WasiFunction(WasiContext context, WasiDefinition definition)
    {
        _context = context;
        _body = definition.Body;
        Name = definition.Name;
        Type = definition.Type;
    }

    /// <summary>The name under which modules import it.</summary>
    public string Name { get; }

    /// <summary>Its type.</summary>
    public FuncType Type { get; }

    /// <summary>How often it was called so far.</summary>
    public long CallCount { get; private set; }

    /// <summary>
    /// How many of the calls got an answer that another machine or another time might have changed: random bytes, the time, what the
    /// host knows about files beside their names and contents, an inherited environment. None in a deterministic run.
    /// </summary>
    public long NondeterministicCallCount { get; private set; }

    /// <summary>
    /// What it does, on the caller's memory called <c>memory</c>; on the one that it imports, if it imports one and exports none of that
    /// name: it is its host's then, who knows it.
    /// </summary>
    public HostFunction Body => field ??= Invoke;

    ILinkedFunction? ILinkedFunction.As(FuncType expected) =>
        expected.HasSameShape(Type) ? this
        : LegalizedFunction.IsFormOf(expected, Type) ? new LegalizedFunction(this, expected)
        : null;

    /// <summary>Counts the present call among those whose answers vary.</summary>
    internal void CountNondeterministic() => NondeterministicCallCount++;

    private unsafe void Invoke(Caller caller, Span<ulong> slots)
    {
        LinearMemory? memory = caller.FindMemory("memory") ?? caller.ImportedMemory;
        Call(memory is null ? null : memory.Data, caller.Interrupt, slots);
    }

    /// <summary>The function for whatever engine runs the guest: all it takes is a memory, an interrupt and slots.</summary>
    /// <inheritdoc cref="WasiCall(WasiContext, WasiFunction, MemoryData*, CancellationToken, ReadOnlySpan{ulong})"/>
    internal unsafe void Call(MemoryData* memory, CancellationToken interrupt, Span<ulong> slots)
    {
        CallCount++;
        Errno errno = _body(new WasiCall(_context, this, memory, interrupt, slots));
        if (Type.ResultSlotCount != 0)
        {
            slots[0] = (ulong)errno;
        }
    }
}
