using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Compiler;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// The managed half of what the interpreter needs: the store implements it. All methods are called on the thread that runs the
/// guest; whatever they throw ends the guest and leaves <see cref="Execution.Execute"/> as <see cref="TrapKind.HostException"/>
/// with the exception in <see cref="PendingException"/>.
/// </summary>
internal abstract unsafe class InterpreterHost(Budget* memoryBudget) : CodeHost
{
    /// <summary>What a host function or the translator threw.</summary>
    internal Exception? PendingException { get; set; }

    /// <summary>Compiles what is busy; null when nothing is compiled.</summary>
    internal ITierUp? Tiering { get; set; }

    /// <summary>The machine code of the store; null where there is none.</summary>
    internal IMachineCode? Machine { get; set; }

    /// <summary>Takes samples of the stack; null unless somebody asked for them. Set before there is any code.</summary>
    internal IStackSampler? Sampler { get; set; }

    /// <summary>Notes who writes to memories; null unless somebody asked for it. Set before there is any code.</summary>
    internal IWriteLog? Writes { get; set; }

    /// <inheritdoc/>
    internal sealed override bool NotesWrites => Writes is not null;

    /// <summary>The frames of the activations that ended with the last status, innermost first.</summary>
    internal List<InterpreterFrame> UnwoundFrames { get; } = [];

    /// <summary>Owns the exceptions of the run; disposed with the store.</summary>
    internal ExceptionStorage Exceptions { get; private set; } = new(memoryBudget);

    private Translator? _translator;

    /// <summary>The one translator; a store runs on one thread at a time.</summary>
    internal Translator TranslatorFor(GuestContext* context) => _translator ??= new Translator(this, context, context->IsPlain == 0);

    /// <summary>
    /// Forgets all that a run has left here. What it threw belongs to no storage from now on, whoever may still have it.
    /// </summary>
    internal void ForgetRun()
    {
        PendingException = null;
        UnwoundFrames.Clear();
        Exceptions.Dispose();
        Exceptions = new ExceptionStorage(memoryBudget);
    }

    /// <summary>Whether a function of one type may be called as the other: the same, or a declared subtype.</summary>
    internal abstract bool IsSubtype(uint typeId, uint ofTypeId);

    /// <summary>Makes room for an object where <see cref="GcHeapData"/> shows none; see <c>GcHeap.Allocate</c>.</summary>
    internal abstract GcObject* AllocateObject(ulong byteLength);

    /// <summary>Calls a host function.</summary>
    /// <param name="context">Who calls; <see cref="GuestContext.Free"/> is past <paramref name="slots"/>.</param>
    /// <param name="func">The host function.</param>
    /// <param name="caller">The calling instance, or null when the host itself calls.</param>
    /// <param name="slots">Arguments in, results out.</param>
    internal abstract void CallHost(GuestContext* context, FuncData* func, InstanceData* caller, Span<ulong> slots);

    /// <summary>
    /// The exception of the guest that a host function threw, or let pass; null for any other, and for one of another store.
    /// </summary>
    internal abstract ExceptionData* GuestExceptionOf(Exception exception);

    /// <summary>A trap that the guest runs into, for reasons of its own to be told.</summary>
    internal abstract Exception TrapOf(string message);

    /// <inheritdoc/>
    internal sealed override delegate*<ulong*, ulong*, ulong*, ulong*, void> VectorMethodOf(Opcode opcode) =>
        VectorOperations.Of(opcode, IsRelaxedSimdDeterministic);

    /// <inheritdoc/>
    internal sealed override delegate*<ulong*, ulong*, ulong*, ulong*, void> CanonicalizerOf(NanLanes lanes) =>
        VectorOperations.Canonicalizer(lanes);

    /// <summary>Lets time pass.</summary>
    /// <returns>False when interrupted.</returns>
    internal abstract bool Sleep(long nanoseconds);

    /// <summary><c>memory.grow</c>, with <see cref="MemoryData"/> updated.</summary>
    /// <returns>The previous size in pages, or -1.</returns>
    internal abstract long GrowMemory(InstanceData* instance, int memoryIndex, ulong deltaPages);

    /// <summary><c>table.grow</c>, with <see cref="TableData"/> updated.</summary>
    /// <returns>The previous size in elements, or -1.</returns>
    internal abstract long GrowTable(InstanceData* instance, int tableIndex, ulong delta, ulong initial);
}
