using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// The functions that a profile names: they are translated and compiled before they are called, as far as the second processor comes.
/// The guest's thread never waits for it: what is not there yet, it makes itself.
/// </summary>
/// <remarks>
/// A translation is made by whoever is first, or by both. A function is compiled by one of the two, which has claimed it.
/// </remarks>
internal sealed unsafe class AheadQueue : IDisposable
{
    // Whoever wrote the profile: a second's work, and memory for the code of what is twenty times SpiderMonkey's start.
    internal const long MaxByteLength = 8 << 20;

    // What takes long is not begun before it is known to be needed.
    private const int MaxBodyByteLength = 256 << 10;

    private readonly InstanceData* _instance;
    private readonly ModuleInfo _module;
    private readonly FunctionProfile _profile;
    private readonly Translator _translator;

    // Of each function of the module, one more than its place in the profile; 0 when it is not in it.
    private readonly int[] _places;
    private readonly int[] _claims;
    private readonly AheadCode?[] _codes;
    private readonly MachineResult?[] _kept;

    // The other thread's.
    private int _next;
    private long _aheadLeft = MaxByteLength;

    // The guest's.
    private long _guestLeft = MaxByteLength;

    internal AheadQueue(InterpreterHost host, GuestContext* context, InstanceData* instance, FunctionProfile profile)
    {
        _instance = instance;
        _module = host.ModuleOf(instance);
        _profile = profile;
        _translator = new Translator(host, context, context->IsPlain == 0);
        int count = profile.Functions.Length;
        _places = new int[_module.FuncTypeIndices.Length];
        _claims = new int[count];
        _codes = new AheadCode?[count];
        _kept = new MachineResult?[count];
        for (int i = 0; i < count; i++)
        {
            _places[profile.Functions[i]] = i + 1;
        }
    }

    /// <summary>Whether there is something left to do. On the other thread only.</summary>
    internal bool HasNext => _next < _profile.Functions.Length;

    /// <summary>Translates the next function, and compiles it if it was busy. On the other thread only.</summary>
    /// <returns>What the guest's thread has to take; null when there is nothing.</returns>
    internal MachineResult? DoNext(MachineCompiler compiler)
    {
        int place = _next++;
        FuncData* func = _instance->Funcs[_profile.Functions[place]];
        int byteLength = _module.BodyOf((uint)func->FuncIndex).Length;
        if (byteLength > MaxBodyByteLength || Volatile.Read(ref *(nint*)&func->Code) != 0)
        {
            return null;
        }

        _aheadLeft -= byteLength;
        AheadCode? code = _aheadLeft < 0 ? null : Translate(func);
        if (code == null)
        {
            return null;
        }

        uint frameSlots = code.FrameSlots;
        Volatile.Write(ref _codes[place], code);
        return _profile.AreHot[place] && TryClaim(place) ? MachineResult.Compile(compiler, func, _module, frameSlots) : null;
    }

    /// <summary>Whether a function was busy.</summary>
    internal bool IsHot(FuncData* func) => PlaceOf(func) is int place and >= 0 && _profile.AreHot[place];

    /// <summary>What a function has been translated to; the caller's then. Null when it has not, or somebody has it.</summary>
    internal AheadCode? TakeCode(FuncData* func) =>
        PlaceOf(func) is int place and >= 0 ? Interlocked.Exchange(ref _codes[place], null) : null;

    /// <summary>Whether a function is the guest's thread's to have compiled.</summary>
    internal bool TryClaim(FuncData* func) => TryClaim(PlaceOf(func));

    /// <summary>Whether so much more may be compiled for the profile alone, at first calls.</summary>
    internal bool TryTakeBudget(FuncData* func)
    {
        _guestLeft -= _module.BodyOf((uint)func->FuncIndex).Length;
        return _guestLeft >= 0;
    }

    /// <summary>Keeps what has its place already, and whose function has not been called.</summary>
    internal void Keep(MachineResult result) => _kept[PlaceOf(result.Func)] = result;

    /// <summary>What <see cref="Keep"/> was given; null when there is nothing.</summary>
    internal MachineResult? TakeKept(FuncData* func)
    {
        int place = PlaceOf(func);
        MachineResult? result = _kept[place];
        _kept[place] = null;
        return result;
    }

    /// <summary>How many of the busy functions run machine code.</summary>
    internal int CountCompiled()
    {
        int count = 0;
        for (int i = 0; i < _profile.Functions.Length; i++)
        {
            FuncData* func = _instance->Funcs[_profile.Functions[i]];
            count += _profile.AreHot[i] && func->Translated != null && func->IsCompiled ? 1 : 0;
        }

        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = 0; i < _codes.Length; i++)
        {
            _codes[i]?.Dispose();
            _codes[i] = null;
            _kept[i]?.Dispose();
            _kept[i] = null;
        }
    }

    private bool TryClaim(int place) => Interlocked.CompareExchange(ref _claims[place], 1, 0) == 0;

    private int PlaceOf(FuncData* func) => func->Instance == _instance ? _places[func->FuncIndex] - 1 : -1;

    // Without memory, or time, nothing more is made ahead.
    private AheadCode? Translate(FuncData* func)
    {
        try
        {
            return _translator.TranslateAhead(func, _module);
        }
        catch (Exception error) when (error is OperationCanceledException or OutOfMemoryException)
        {
            _aheadLeft = 0;
            return null;
        }
    }
}
