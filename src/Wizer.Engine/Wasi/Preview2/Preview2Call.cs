using Wizer.Engine.Components;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary>The body of a function of WASI 0.2. It throws nothing but traps and exits.</summary>
internal delegate ComponentValue? Preview2Body(scoped in Preview2Call call);

/// <summary>What a function of WASI 0.2 is, whoever's. The build makes them of <c>preview2.tsv</c>.</summary>
/// <param name="interfaceName">The interface that it is in, without the version.</param>
/// <param name="name">Its name there.</param>
/// <param name="type">Its type in WIT.</param>
/// <param name="fingerprint">That of the type; see <see cref="TypeText.Fingerprint"/>.</param>
/// <param name="body">What it does.</param>
internal sealed class Preview2Definition(string interfaceName, string name, string type, ulong fingerprint, Preview2Body body)
{
    internal string Interface => interfaceName;

    internal string Name => name;

    internal string Type => type;

    internal ulong Fingerprint => fingerprint;

    internal Preview2Body Body => body;
}

/// <summary>One call of a component: its arguments, which are of the function's type, and the state it belongs to.</summary>
internal readonly ref struct Preview2Call
{
    private readonly WasiPreview2Function _function;
    private readonly IReadOnlyList<ComponentValue> _arguments;

    public Preview2Call(
        Preview2Context context, WasiPreview2Function function, IReadOnlyList<ComponentValue> arguments, CancellationToken interrupt)
    {
        Context = context;
        _function = function;
        _arguments = arguments;
        Interrupt = interrupt;
    }

    public Preview2Context Context { get; }

    public CancellationToken Interrupt { get; }

    public WasiContext Wasi => Context.Wasi;

    /// <summary>What messages call the function.</summary>
    public string Name => $"{_function.Interface}.{_function.Name}";

    public ComponentValue this[int index] => _arguments[index];

    public ulong U64(int index) => _arguments[index].AsUInt64;

    /// <summary>Of a <c>list&lt;u8&gt;</c>.</summary>
    public byte[] Bytes(int index) => _arguments[index].PackedItems!.Bytes;

    /// <summary>Whether a flag is set.</summary>
    public bool Has(int index, string flag)
    {
        foreach (string label in _arguments[index].Labels)
        {
            if (label == flag)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a handle stands for; its type says what that is.</summary>
    public T Resource<T>(int index)
        where T : class => Context.Resources.Get<T>(_arguments[index].AsResource.Representation);

    /// <summary>Says that another machine or another time might have answered otherwise.</summary>
    public void AnswerVaries() => _function.CountNondeterministic();

    /// <summary>A result without a value: <c>ok</c>, or the error.</summary>
    public static ComponentValue Result(Errno errno) => errno == Errno.Success ? ComponentValue.Ok() : Failed(errno);

    /// <summary>The error of a function of <c>wasi:filesystem</c>.</summary>
    public static ComponentValue Failed(Errno errno) => ComponentValue.Error(ComponentValue.Enum(ErrorCodes.Of(errno)));
}
