// Pre-initializes a module by hand, as somebody does who has an engine in use already: instrument, instantiate, call, snapshot. The
// world is that of `wizer --deterministic`.
// usage: byhand MODULE OUTPUT OPTION...    the options of the command that a workload has
using System.Buffers;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Pipeline;

string initFunc = "wizer-initialize";
List<FuncRename> renames = [];
List<WasiPreopen> directories = [];
bool allowWasi = false;
bool inheritEnv = false;
for (int i = 2; i < args.Length; i++)
{
    switch (args[i])
    {
        case "-f" or "--init-func":
            initFunc = args[++i];
            break;
        case "-r":
            renames.Add(FuncRename.Parse(args[++i]));
            break;
        case "--allow-wasi":
            allowWasi = true;
            break;
        case "--inherit-env=true":
            inheritEnv = true;
            break;
        case string directory when directory.StartsWith("--dir=", StringComparison.Ordinal):
            directories.Add(new WasiPreopen(directory[6..], directory[6..]));
            break;
        case string mapping when mapping.StartsWith("--mapdir=", StringComparison.Ordinal):
            string[] sides = mapping[9..].Split("::", 2);
            directories.Add(new WasiPreopen(sides[1], sides[0]));
            break;
        case string proposal when proposal.StartsWith("--wasm-", StringComparison.Ordinal):
            break;
        default:
            Console.Error.WriteLine($"byhand does not know `{args[i]}`");
            return 2;
    }
}

var wizer = new PreInitializer(new WizerOptions { InitFunc = initFunc, FuncRenames = renames });
int status = 0;
GuestThread.Run(() =>
{
    try
    {
        Initialize();
    }
    catch (WizerException refused)
    {
        Console.Error.WriteLine($"refused: {refused.Message}");
        status = 3;
    }
});
return status;

void Initialize()
{
    var instrumented = new ArrayBufferWriter<byte>();
    ModuleContext context = wizer.Instrument(File.ReadAllBytes(args[0]), new BufferWriterSink(instrumented));
    ModuleInfo module = ModuleReader.Parse(instrumented.WrittenMemory);
    ModuleValidator.Validate(module);
    using var store = new Store(new EngineOptions { CanonicalizeNaNs = true, IsRelaxedSimdDeterministic = true });
    var linker = new Linker { UnknownFunctionsTrap = true };
    using WasiPreview1? wasi = allowWasi ? OpenWasi() : null;
    wasi?.DefineIn(linker);
    Instance instance = linker.Instantiate(store, module);
    if (instance.FindFunction("_initialize") is { } reactor && initFunc != "_initialize")
    {
        reactor.Invoke();
    }

    instance.Invoke(initFunc);
    using FileStream output = File.Create(args[1]);
    wizer.Snapshot(context, new State(instance), new FileSink(output.SafeFileHandle));
}

WasiPreview1 OpenWasi() => new(new WasiOptions
{
    Deterministic = new DeterministicOptions(),
    Preopens = directories,
    Environment = inheritEnv ? WasiVariable.FromHost() : [],
    IsEnvironmentInherited = inheritEnv,
    InheritStdio = true,
});

/// <summary>The state of an instance in our engine, by what it exports.</summary>
internal sealed class State(Instance instance) : IInstanceState
{
    private const int PieceLength = 1 << 28;

    public GlobalValue ReadGlobal(string exportName, ValType type)
    {
        Global global = instance.FindGlobal(exportName)!;
        return GlobalValue.FromBits(type, global.Value, global.High);
    }

    public void ReadMemory<TState>(string exportName, TState state, MemoryReader<TState> reader)
    {
        LinearMemory memory = instance.FindMemory(exportName)!;
        Piece? first = null;
        Piece? last = null;
        for (ulong at = 0; at < memory.ByteLength; at += PieceLength)
        {
            memory.TryGetSpan(at, (int)Math.Min(memory.ByteLength - at, PieceLength), out Span<byte> bytes);
            last = new Piece(bytes.ToArray(), last);
            first ??= last;
        }

        reader(first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length), state);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, Piece? before)
        {
            Memory = bytes;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
