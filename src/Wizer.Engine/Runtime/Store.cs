using System.Runtime.CompilerServices;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Compiler;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;
using Wizer.Engine.Platform;
using Wizer.Engine.Runtime;

namespace Wizer.Engine;

/// <summary>
/// Everything that instances share: their functions, tables, memories, globals and types. It owns all native memory of theirs
/// and frees it when disposed. Core 3.0, Execution: Store.
/// </summary>
/// <remarks>Not safe for concurrent use, except for <see cref="Interrupt"/>. Stores share nothing with each other.</remarks>
public sealed unsafe partial class Store : IDisposable
{
    // Between who interrupts and who begins another run, or disposes.
    private readonly Lock _gate = new();
    private readonly List<INativeOwner> _owners = [];
    private readonly List<Instance> _instances = [];
    private readonly List<HostFunction> _hostFunctions = [];
    private readonly List<object> _externObjects = [];
    private nint[] _blocks = new nint[16];
    private int _blockCount;
    private readonly StoreHost _host;
    private readonly Tiering? _tiering;
    private GuestContext* _context;
    private GcHeap? _heap;
    private CancellationTokenSource _interrupt = new();
    private CancellationTokenRegistration _registration;
    private Caller _hostCaller;

    /// <summary>Creates an empty store.</summary>
    /// <param name="options">Its limits; the default ones when null.</param>
    /// <param name="interrupt">Ends whatever the store's guests are doing, with <see cref="OperationCanceledException"/>.</param>
    public Store(EngineOptions? options = null, CancellationToken interrupt = default)
    {
        Options = options ?? EngineOptions.Default;
        _hostCaller = new Caller(null, _interrupt.Token);
        MemoryBudget = NativeBlock.Allocate<Budget>(2);
        AddBlock(MemoryBudget);
        MemoryBudget->Limit = MemoryBudget->Remaining = Options.MaxMemoryByteLength;

        // What a span can fill, which is 16 GiB of elements.
        TableBudget = MemoryBudget + 1;
        TableBudget->Limit = TableBudget->Remaining = Math.Min(Options.MaxTableElementCount, int.MaxValue);
        _host = new StoreHost(this);
        _context = Execution.CreateContext(_host, SlotCount(Options.StackByteLength), Options.UsePlainLoop);
        if (Options.SampleInterval is { } interval)
        {
            // Before there is any code: what is compiled asks whether there is one.
            _host.Sampler = _sampler = new StackSampler(this, interval);
        }

        if (Options.RecordsWriters)
        {
            _host.Writes = Writes = new WriteLog(_host);
            _context->AreWritesNoted = 1;
        }

        if (Options.Tier != TierMode.InterpreterOnly && Tiering.IsSupported && Writes is null)
        {
            if (Options.UsesMachineCode && MachineCode.IsSupported)
            {
                _host.Machine = Machine = new MachineArena(_host);
                _context->SampleEntry = _sampler is null ? 0 : MachineCode.SampleEntry;
            }

            // Into what the runtime's compiler makes nobody can look.
            if (_sampler is null || HasMachineCode)
            {
                var tiering = new TieringOptions(
                    Options.Tier, Options.TierThreshold, Options.MachineThreshold, Options.CompilesInBackground);
                _host.Tiering = _tiering = new Tiering(_host, Machine, tiering);
            }
        }

        Register(interrupt);
    }

    /// <summary>Its limits.</summary>
    public EngineOptions Options { get; }

    /// <summary>What <c>memory.atomic.wait</c> waits by: the host's clock unless set.</summary>
    internal SleepFunction Sleep { get; set; } = SystemClock.Sleep;

    /// <summary>Whether it has been disposed.</summary>
    public bool IsDisposed => _context == null;

    /// <summary>How many functions, and loops in functions, were compiled or will be.</summary>
    internal int CompiledMethodCount => _tiering?.MethodCount ?? 0;

    /// <summary>How often a function was translated a second time, for what the first did not keep of its loops.</summary>
    internal int LoopTranslationCount => _host.TranslatorFor(Context).LoopTranslationCount;

    /// <summary>No more guests will run for long: leaves the second core to whoever needs it.</summary>
    internal void StopCompiling() => _tiering?.Stop();

    /// <summary>An instance is about to do what a profile of its module is of. It changes nothing but how long that takes.</summary>
    internal void UseProfile(Instance instance, FunctionProfile profile) => _tiering?.UseProfile(Context, instance.Data, profile);

    /// <summary>How many of the functions that were busy by the profile have been compiled.</summary>
    internal int ProfiledFunctionCount => _tiering?.ProfiledFunctionCount ?? 0;

    /// <summary>Begins to record which functions of an instance are called. False where nothing is compiled.</summary>
    internal bool TryBeginProfile(Instance instance)
    {
        _tiering?.BeginProfile(instance.Data);
        return _tiering != null;
    }

    /// <summary>What has been recorded; see <see cref="FunctionProfile"/>.</summary>
    internal byte[] WriteProfile() => _tiering!.WriteProfile();

    /// <summary>Guests will run again, and what their code is made from is what it will be.</summary>
    internal void ResumeCompiling() => _tiering?.Resume();

    /// <summary>Whether another thread still compiles what guests are busy with.</summary>
    internal bool IsCompiling => _tiering is { IsCompilingInBackground: true };

    /// <summary>Whether functions may become machine code of our own.</summary>
    internal bool HasMachineCode => Machine != null;

    /// <summary>Whether a function of the guest may be called from another instance than its own.</summary>
    internal bool HasManyInstances => _instances.Count > 1;

    /// <summary>The machine code of its functions; null where there is none.</summary>
    internal MachineArena? Machine { get; }

    internal TypeRegistry Types { get; } = new();

    /// <summary>The structs and arrays.</summary>
    internal GcHeap Heap
    {
        get
        {
            if (_heap is null)
            {
                _heap = new GcHeap(this);
                Context->Heap = _heap.Data;
            }

            return _heap;
        }
    }

    /// <summary>How often a memory did not grow because of <see cref="EngineOptions.MaxMemoryByteLength"/>.</summary>
    public long RefusedMemoryGrowths => IsDisposed ? 0 : MemoryBudget->RefusedGrowths;

    /// <summary>How often a table did not grow because of <see cref="EngineOptions.MaxTableElementCount"/>.</summary>
    public long RefusedTableGrowths => IsDisposed ? 0 : TableBudget->RefusedGrowths;

    /// <summary>The bytes of all memories, objects and exceptions.</summary>
    internal Budget* MemoryBudget { get; }

    /// <summary>The elements of all tables.</summary>
    internal Budget* TableBudget { get; }

    internal GuestContext* Context
    {
        get
        {
            ObjectDisposedException.ThrowIf(_context == null, this);
            return _context;
        }
    }

    /// <summary>Signalled when the guest is to stop.</summary>
    internal CancellationToken InterruptToken => _interrupt.Token;

    /// <summary>Instantiates a module that is known to be valid. Core 3.0, Execution: Instantiation.</summary>
    /// <param name="module">The module; its bytes must stay as they are as long as the store.</param>
    /// <param name="imports">What it imports, in its order; see <see cref="Linker"/>.</param>
    /// <exception cref="WasmLinkException">An import is missing or does not fit.</exception>
    /// <exception cref="WasmLimitException">It needs more than the store's limits allow.</exception>
    /// <exception cref="UnsupportedModuleException">It needs more than the system has.</exception>
    /// <exception cref="WasmTrapException">
    /// An active segment is out of bounds, or the start function trapped. What was written into imported tables and memories stays.
    /// </exception>
    /// <exception cref="OperationCanceledException">The store was interrupted.</exception>
    public Instance Instantiate(ModuleInfo module, params ReadOnlySpan<Extern> imports)
    {
        Instance instance = Prepare(module, imports);
        instance.Start();
        return instance;
    }

    /// <summary>
    /// All of <see cref="Instantiate"/> before the start function: nothing of the guest runs, so the function bodies need not be
    /// known to be valid yet.
    /// </summary>
    internal Instance Prepare(ModuleInfo module, params ReadOnlySpan<Extern> imports)
    {
        ArgumentNullException.ThrowIfNull(module);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var instance = new Instance(this, module, imports);
        instance.CopySegments();
        return instance;
    }

    /// <summary>Asks every guest of the store to stop, now and from now on. Safe to call from any thread.</summary>
    public void Interrupt()
    {
        CancellationTokenSource source;
        lock (_gate)
        {
            if (_context == null)
            {
                return;
            }

            GuestContext.RequestInterrupt(_context);
            source = _interrupt;
        }

        source.Cancel();
    }

    /// <summary>The function a reference stands for, or null for the null reference.</summary>
    /// <param name="handle">A function reference of this store.</param>
    public Function? FunctionOf(ulong handle) => handle == 0 ? null : new Function(this, (FuncData*)handle);

    /// <summary>Makes an external reference that stands for an object of the host.</summary>
    public ulong CreateExternRef(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _externObjects.Add(value);
        return ReferenceHandle.OfHost((ulong)_externObjects.Count - 1);
    }

    /// <summary>
    /// The object that an external reference made by <see cref="CreateExternRef"/> stands for; null for the null reference, and
    /// for a struct, array or i31 that the guest made external.
    /// </summary>
    public object? ExternObjectOf(ulong handle) =>
        ReferenceHandle.IsHost(handle) ? _externObjects[(int)ReferenceHandle.HostNumber(handle)] : null;

    /// <summary>Whether a reference is not null and of an abstract type, to whose hierarchy it is known to belong.</summary>
    internal bool IsReferenceTo(HeapType type, ulong handle) =>
        GcOperations.Is(Context, handle, CastTarget.Of(ValType.Ref(type, nullable: false), null, Types));

    /// <summary>Frees everything. The store must not be running a guest.</summary>
    public void Dispose()
    {
        if (_context == null)
        {
            return;
        }

        // The registration waits for a callback under way, which takes the lock: so it goes first, outside of it.
        _registration.Dispose();
        _sampler?.Dispose();
        lock (_gate)
        {
            Execution.FreeContext(_context);
            _context = null;
        }

        foreach (INativeOwner owner in _owners)
        {
            owner.Free();
        }

        for (int i = 0; i < _blockCount; i++)
        {
            NativeBlock.Free((void*)_blocks[i]);
        }

        _owners.Clear();
        _blockCount = 0;
        _interrupt.Dispose();
    }

    /// <summary>Its instances, in the order in which they were made.</summary>
    internal IReadOnlyList<Instance> Instances => _instances;

    internal Instance InstanceOf(InstanceData* data) => _instances[data->Id];

    internal int Add(Instance instance)
    {
        if (_instances.Count == 1 && HasMachineCode)
        {
            _instances[0].HaveNeighbors();
        }

        _instances.Add(instance);
        _owners.Add(instance);
        return _instances.Count - 1;
    }

    internal void Own(INativeOwner owner)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _owners.Add(owner);
    }

    /// <summary>A zeroed block that lives as long as the store.</summary>
    internal void* AllocateBlock(ulong byteCount)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        void* block = NativeBlock.Allocate(byteCount);
        AddBlock(block);
        return block;
    }

    private void Register(CancellationToken interrupt)
    {
        if (interrupt.CanBeCanceled)
        {
            _registration = interrupt.Register(static store => ((Store)store!).Interrupt(), this);
        }
    }

    private static int SlotCount(ulong byteLength) => (int)Math.Min(byteLength / sizeof(ulong), int.MaxValue - 64);

    private void AddBlock(void* block)
    {
        if (_blockCount == _blocks.Length)
        {
            var larger = new nint[_blockCount * 2];
            Array.Copy(_blocks, larger, _blockCount);
            _blocks = larger;
        }

        _blocks[_blockCount++] = (nint)block;
    }

    internal void CallHost(FuncData* func, InstanceData* caller, Span<ulong> slots)
    {
        func->CallCount++;
        _hostFunctions[func->FuncIndex](caller == null ? _hostCaller : InstanceOf(caller).Caller, slots);
        _sampler?.HasCalled(Context, func);
    }

    internal FuncData* AddHostFunction(FuncType type, HostFunction body)
    {
        var data = (FuncData*)AllocateBlock((ulong)sizeof(FuncData));
        data->TypeId = Types.Register(type);
        data->ParameterSlots = type.ParameterSlotCount;
        data->ResultSlots = type.ResultSlotCount;
        data->IsHost = 1;
        data->IndirectEntry = HasMachineCode ? MachineCode.ForeignEntry : 0;
        data->FuncIndex = _hostFunctions.Count;
        _hostFunctions.Add(body);
        return data;
    }
}
