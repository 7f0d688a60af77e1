using System.Globalization;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>The core module whose functions show the state of others, named by numbers as its imports are.</summary>
internal static class AccessorModule
{
    private const byte EmptyBlock = 0x40;

    /// <summary>The name of an instance among the imports, or of a function among the exports.</summary>
    internal static string NameOf(uint index) => index.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the module.</summary>
    /// <param name="accessors">What is shown.</param>
    /// <param name="instanceOf">The index of the core instance of a module.</param>
    /// <param name="writer">Where to.</param>
    internal static void Write(ComponentAccessor[] accessors, Func<ModuleContext, uint> instanceOf, WasmWriter writer)
    {
        writer.WritePreamble();
        WriteTypes(accessors, writer);
        WriteImports(accessors, instanceOf, writer);
        int section = writer.BeginSection(SectionId.Function);
        writer.WriteU32((uint)accessors.Length);
        for (int i = 0; i < accessors.Length; i++)
        {
            writer.WriteU32((uint)i);
        }

        writer.EndSized(section);
        section = writer.BeginSection(SectionId.Export);
        writer.WriteU32((uint)accessors.Length);
        for (int i = 0; i < accessors.Length; i++)
        {
            writer.WriteName(NameOf((uint)i));
            writer.WriteByte((byte)ExternKind.Func);
            writer.WriteU32((uint)i);
        }

        writer.EndSized(section);
        WriteCode(accessors, writer);
    }

    private static void WriteTypes(ComponentAccessor[] accessors, WasmWriter writer)
    {
        int section = writer.BeginSection(SectionId.Type);
        writer.WriteU32((uint)accessors.Length);
        foreach (ComponentAccessor accessor in accessors)
        {
            writer.WriteFuncType([], [accessor.Kind == ExternKind.Global ? GlobalOf(accessor).Value : ValType.I32]);
        }

        writer.EndSized(section);
    }

    private static void WriteImports(ComponentAccessor[] accessors, Func<ModuleContext, uint> instanceOf, WasmWriter writer)
    {
        int section = writer.BeginSection(SectionId.Import);
        writer.WriteU32((uint)accessors.Length);
        foreach (ComponentAccessor accessor in accessors)
        {
            writer.WriteName(NameOf(instanceOf(accessor.Module)));
            writer.WriteName(accessor.CoreName);
            writer.WriteByte((byte)accessor.Kind);
            if (accessor.Kind == ExternKind.Global)
            {
                writer.WriteGlobalType(GlobalOf(accessor));
            }
            else
            {
                writer.WriteMemoryType(MemoryOf(accessor));
            }
        }

        writer.EndSized(section);
    }

    private static void WriteCode(ComponentAccessor[] accessors, WasmWriter writer)
    {
        uint global = 0;
        uint memory = 0;
        int section = writer.BeginSection(SectionId.Code);
        writer.WriteU32((uint)accessors.Length);
        foreach (ComponentAccessor accessor in accessors)
        {
            int body = writer.BeginSized();
            if (accessor.Kind == ExternKind.Global)
            {
                writer.WriteU32(0);
                writer.WriteOpcode(Opcode.GlobalGet);
                writer.WriteU32(global++);
            }
            else
            {
                WriteMemoryBody(MemoryOf(accessor), memory++, writer);
            }

            writer.WriteOpcode(Opcode.End);
            writer.EndSized(body);
        }

        writer.EndSized(section);
    }

    /// <summary>
    /// Address and size have to be returned in the memory itself. It grows for them, so that nothing of its state is touched; at its
    /// maximum it cannot.
    /// </summary>
    private static void WriteMemoryBody(MemoryType type, uint memory, WasmWriter writer)
    {
        const int PairByteLength = 8;
        const int AlignMask = 3;
        const uint Length = 0;
        const uint Pair = 1;

        // One declaration of two locals.
        writer.WriteU32(1);
        writer.WriteU32(2);
        writer.WriteValType(ValType.I32);

        // With pages of a byte, the pair may begin behind up to three of them.
        Write(writer, Opcode.I32Const, type.PageSizeLog2 == 0 ? PairByteLength + AlignMask : 1);
        Write(writer, Opcode.MemoryGrow, memory);
        Write(writer, Opcode.LocalTee, Length);
        Write(writer, Opcode.I32Const, -1);
        writer.WriteOpcode(Opcode.I32Eq);
        writer.WriteOpcode(Opcode.If);
        writer.WriteByte(EmptyBlock);
        writer.WriteOpcode(Opcode.Unreachable);
        writer.WriteOpcode(Opcode.End);

        Write(writer, Opcode.LocalGet, Length);
        Write(writer, Opcode.I32Const, type.PageSizeLog2);
        writer.WriteOpcode(Opcode.I32Shl);
        Write(writer, Opcode.LocalTee, Length);
        Write(writer, Opcode.I32Const, AlignMask);
        writer.WriteOpcode(Opcode.I32Add);
        Write(writer, Opcode.I32Const, ~AlignMask);
        writer.WriteOpcode(Opcode.I32And);
        Write(writer, Opcode.LocalTee, Pair);
        Write(writer, Opcode.I32Const, 0);
        WriteStore(writer, memory, offset: 0);
        Write(writer, Opcode.LocalGet, Pair);
        Write(writer, Opcode.LocalGet, Length);
        WriteStore(writer, memory, offset: sizeof(int));
        Write(writer, Opcode.LocalGet, Pair);
    }

    private static void Write(WasmWriter writer, Opcode opcode, uint index)
    {
        writer.WriteOpcode(opcode);
        writer.WriteU32(index);
    }

    private static void Write(WasmWriter writer, Opcode opcode, int value)
    {
        writer.WriteOpcode(opcode);
        writer.WriteS32(value);
    }

    // Only memories behind the first are named, which older engines do not know. Core 3.0, Binary Format: Memory Instructions.
    private static void WriteStore(WasmWriter writer, uint memory, uint offset)
    {
        const uint AlignLog2 = 2;
        const uint HasMemory = 0x40;
        writer.WriteOpcode(Opcode.I32Store);
        writer.WriteU32(memory == 0 ? AlignLog2 : AlignLog2 | HasMemory);
        if (memory != 0)
        {
            writer.WriteU32(memory);
        }

        writer.WriteU32(offset);
    }

    private static GlobalType GlobalOf(in ComponentAccessor accessor) => accessor.Module.Module.Globals[accessor.Index].Type;

    private static MemoryType MemoryOf(in ComponentAccessor accessor) => accessor.Module.Module.Memories[accessor.Index].Type;
}
