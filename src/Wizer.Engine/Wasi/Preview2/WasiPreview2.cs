using Wizer.Engine.Components;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Preview2;

namespace Wizer.Engine;

/// <summary>
/// WASI 0.2 for one component: what it has open, and the functions on that. Functions may be called by one thread at a time; different
/// objects share nothing.
/// </summary>
/// <remarks>
/// <para>
/// The interfaces of cli, clocks, filesystem, io and random are those of a guest of preview 1 with the same options. Sockets and http are
/// there, and say that they are not supported: by an error where the interface has one, otherwise by a trap that names the call.
/// </para>
/// <para>WASI 0.2.12, imports of wasi:cli, wasi:clocks, wasi:filesystem, wasi:http, wasi:io, wasi:random and wasi:sockets.</para>
/// </remarks>
public sealed class WasiPreview2 : IDisposable
{
    /// <summary>
    /// The version of the interfaces. Components may import them with any version that is compatible to it: 0.2.0, say.
    /// </summary>
    public const string Version = "0.2.12";

    private readonly WasiPreview2Function[] _functions;

    /// <summary>Opens the preopened directories and makes the functions.</summary>
    /// <exception cref="ArgumentException">An argument or environment variable has a NUL in it.</exception>
    /// <exception cref="IOException">A directory to preopen cannot be opened.</exception>
    public WasiPreview2(WasiOptions options)
        : this(WasiContext.Create(options))
    {
    }

    internal WasiPreview2(WasiContext context)
    {
        Context = new Preview2Context(context);
        _functions = Array.ConvertAll(Preview2Interfaces.Functions(), definition => new WasiPreview2Function(Context, definition));
    }

    /// <summary>All the functions; they may be called until this object is disposed.</summary>
    public IReadOnlyList<WasiPreview2Function> Functions => _functions;

    internal Preview2Context Context { get; }

    internal IWasiClock Clock => Context.Wasi.Clock;

    /// <summary>The types of the resources that the guest has, one for each of them.</summary>
    internal IEnumerable<string> OpenResources => Context.Resources.Types;

    /// <summary>Defines all the functions and resource types.</summary>
    public void DefineIn(ComponentLinker linker)
    {
        ArgumentNullException.ThrowIfNull(linker);
        DefineIn(linker, static function => function.Invoke);
    }

    /// <summary>The same for a component on whatever engine.</summary>
    /// <param name="linker">Where.</param>
    /// <param name="interrupt">Ends what waits.</param>
    internal void DefineIn(ComponentLinker linker, CancellationToken interrupt) =>
        DefineIn(linker, function => (_, arguments) => function.Invoke(arguments, interrupt));

    private void DefineIn(ComponentLinker linker, Func<WasiPreview2Function, ComponentHostFunction> bodyOf)
    {
        foreach ((string owner, string name) in Preview2Interfaces.Resources())
        {
            linker.DefineResource($"{owner}@{Version}", name, Context.TypeOf($"{owner}.{name}"));
        }

        foreach (WasiPreview2Function function in _functions)
        {
            var type = new HostFunctionType(function.Type, function.Fingerprint);
            linker.DefineFunction($"{function.Interface}@{Version}", function.Name, type, bodyOf(function));
        }
    }

    /// <summary>Closes everything the guest has open.</summary>
    public void Dispose() => Context.Dispose();
}

/// <summary>A function of WASI 0.2.</summary>
public sealed class WasiPreview2Function
{
    private readonly Preview2Context _context;
    private readonly Preview2Definition _definition;

    internal WasiPreview2Function(Preview2Context context, Preview2Definition definition)
    {
        _context = context;
        _definition = definition;
    }

    /// <summary>The interface that it is in, without the version: <c>wasi:io/streams</c>.</summary>
    public string Interface => _definition.Interface;

    /// <summary>Its name there: <c>[method]input-stream.read</c>.</summary>
    public string Name => _definition.Name;

    /// <summary>Its type in WIT; types that have a name are called by all of it, and without a version.</summary>
    public string Type => _definition.Type;

    /// <summary>How often it was called so far.</summary>
    public long CallCount { get; private set; }

    /// <summary>
    /// How many of the calls got an answer that another machine or another time might have changed; see
    /// <see cref="WasiFunction.NondeterministicCallCount"/>.
    /// </summary>
    public long NondeterministicCallCount { get; private set; }

    internal ulong Fingerprint => _definition.Fingerprint;

    /// <summary>Counts the present call among those whose answers vary.</summary>
    internal void CountNondeterministic() => NondeterministicCallCount++;

    internal ComponentValue? Invoke(ComponentInstance instance, IReadOnlyList<ComponentValue> arguments) =>
        Invoke(arguments, instance.Store.InterruptToken);

    internal ComponentValue? Invoke(IReadOnlyList<ComponentValue> arguments, CancellationToken interrupt)
    {
        CallCount++;
        return _definition.Body(new Preview2Call(_context, this, arguments, interrupt));
    }
}
