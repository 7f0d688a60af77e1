using Wizer.Binary;

namespace Wizer.Wasmtime;

/// <summary>
/// A function that is not ours, and how often others called it: a module of its own stands before it, which counts and passes the call
/// on. The call is a tail call, so that neither backtraces nor exceptions see anything of it.
/// </summary>
internal sealed class CountedFunction : ICountedImport, IDisposable
{
    private const string CountName = "count";
    private const string CallName = "call";

    private readonly WasmtimeModule _module;
    private readonly WasmtimeInstance _instance;

    /// <param name="engine">The engine.</param>
    /// <param name="store">The store of the function.</param>
    /// <param name="module">The module name of its imports.</param>
    /// <param name="name">Its own name there.</param>
    /// <param name="type">Its type, in which there is nothing that modules define.</param>
    /// <param name="function">The function.</param>
    internal CountedFunction(
        WasmtimeEngine engine, WasmtimeStore store, string module, string name, FuncType type, WasmtimeFunction function)
    {
        Module = module;
        Name = name;
        _module = WasmtimeModule.FromBytes(engine, "counter", Write(type));
        _instance = new WasmtimeInstance(store, _module, function);
        Function = _instance.GetFunction(CallName)!;
    }

    public string Module { get; }

    public string Name { get; }

    public long CallCount => (long)_instance.GetGlobal(CountName)!.GetValue()!;

    /// <summary>What modules get in its place.</summary>
    internal WasmtimeFunction Function { get; }

    public void Dispose() => _module.Dispose();

    private static ReadOnlySpan<byte> Write(FuncType type)
    {
        using var buffer = new PooledBuffer(256);
        var writer = new WasmWriter(buffer);
        writer.WritePreamble();
        int section = writer.BeginSection(SectionId.Type);
        writer.WriteU32(1);
        writer.WriteFuncType(type.Parameters, type.Results);
        writer.EndSized(section);

        section = writer.BeginSection(SectionId.Import);
        writer.WriteU32(1);
        writer.WriteName("");
        writer.WriteName("");
        writer.WriteByte((byte)ExternKind.Func);
        writer.WriteU32(0);
        writer.EndSized(section);

        section = writer.BeginSection(SectionId.Function);
        writer.WriteU32(1);
        writer.WriteU32(0);
        writer.EndSized(section);

        section = writer.BeginSection(SectionId.Global);
        writer.WriteU32(1);
        writer.WriteBytes([0x7e, 0x01, 0x42, 0x00, 0x0b]); // (mut i64) (i64.const 0)
        writer.EndSized(section);

        section = writer.BeginSection(SectionId.Export);
        writer.WriteU32(2);
        WriteExport(writer, CallName, ExternKind.Func, 1);
        WriteExport(writer, CountName, ExternKind.Global, 0);
        writer.EndSized(section);

        section = writer.BeginSection(SectionId.Code);
        writer.WriteU32(1);
        int body = writer.BeginSized();
        writer.WriteU32(0);
        writer.WriteBytes([0x23, 0x00, 0x42, 0x01, 0x7c, 0x24, 0x00]); // global.get 0, i64.const 1, i64.add, global.set 0
        for (int i = 0; i < type.Parameters.Length; i++)
        {
            writer.WriteByte(0x20); // local.get
            writer.WriteU32((uint)i);
        }

        writer.WriteBytes([0x12, 0x00, 0x0b]); // return_call 0, end
        writer.EndSized(body);
        writer.EndSized(section);
        return buffer.ToArray();
    }

    private static void WriteExport(WasmWriter writer, string name, ExternKind kind, uint index)
    {
        writer.WriteName(name);
        writer.WriteByte((byte)kind);
        writer.WriteU32(index);
    }
}
