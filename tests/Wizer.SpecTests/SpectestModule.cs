using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.SpecTests;

/// <summary>What the official scripts import from <c>spectest</c>.</summary>
internal static class SpectestModule
{
    internal static void Define(Store store, Linker linker)
    {
        DefinePrint("print");
        DefinePrint("print_i32", ValType.I32);
        DefinePrint("print_i64", ValType.I64);
        DefinePrint("print_f32", ValType.F32);
        DefinePrint("print_f64", ValType.F64);
        DefinePrint("print_i32_f32", ValType.I32, ValType.F32);
        DefinePrint("print_f64_f64", ValType.F64, ValType.F64);
        DefineGlobal("global_i32", ValType.I32, 666);
        DefineGlobal("global_i64", ValType.I64, 666);
        DefineGlobal("global_f32", ValType.F32, BitConverter.SingleToUInt32Bits(666.6f));
        DefineGlobal("global_f64", ValType.F64, BitConverter.DoubleToUInt64Bits(666.6));
        Define("table", new Table(store, new TableType(ValType.FuncRef, new Limits(10, 20))));
        Define("table64", new Table(store, new TableType(ValType.FuncRef, new Limits(10, 20, Is64: true))));
        Define("memory", new LinearMemory(store, new MemoryType(new Limits(1, 2))));
        Define("shared_memory", new LinearMemory(store, new MemoryType(new Limits(1, 2, IsShared: true))));

        void DefinePrint(string name, params ValType[] parameters) =>
            Define(name, new Function(store, new FuncType(parameters, []), static (_, _) => { }));

        void DefineGlobal(string name, ValType type, ulong value) =>
            Define(name, new Global(store, new GlobalType(type, IsMutable: false), value));

        void Define(string name, Extern item) => linker.Define("spectest", name, item);
    }
}
