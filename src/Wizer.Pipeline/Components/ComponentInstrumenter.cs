using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Pipeline;

/// <summary>
/// Writes a component that shows its state: its core modules export it as instrumented modules do, and a further one, the last, has a
/// function for each part of it, which the component exports in an instance.
/// </summary>
/// <param name="instrumented">The component.</param>
/// <param name="access">What becomes of memories.</param>
internal sealed class ComponentInstrumenter(InstrumentedComponent instrumented, MemoryAccess access) : IDisposable
{
    // Component Model, Binary Format: Type Definitions.
    private const byte FuncTypeCode = 0x40;
    private const byte ListCode = 0x70;
    private const byte ResultCode = 0x00;
    private const byte NoResultCode = 0x01;
    private const byte NoType = 0x00;
    private const byte ExportName = 0x00;
    private const byte CoreInstanceSort = 0x12;
    private const byte CoreSort = 0x00;
    private const byte FuncSort = 0x01;
    private const byte InstanceSort = 0x05;
    private const byte InlineExports = 0x01;
    private const byte Instantiate = 0x00;
    private const byte CoreExportTarget = 0x01;

    private readonly List<ModuleAssembler> _assemblers = [];

    private ComponentInfo Component => instrumented.Context.Component;

    private ComponentAccessor[] Accessors => instrumented.Accessors;

    private ResetAccessor[] Resets => instrumented.Resets;

    private uint FunctionCount => (uint)(Accessors.Length + Resets.Length);

    /// <summary>The component. Good until this object is disposed, and as long as the input is.</summary>
    internal ModuleSlices Write()
    {
        var plan = new ComponentPlan(Component);
        foreach (ModuleContext module in instrumented.Context.Modules)
        {
            var assembler = new ModuleAssembler(module.Module.Bytes);
            _assemblers.Add(assembler);
            Instrumenter.Write(module, assembler);
            plan.Replace(module.Module, assembler.Finish());
        }

        var slices = new ModuleSlices();
        foreach (ReadOnlyMemory<byte> piece in ComponentWriter.Write(plan))
        {
            slices.Add(piece);
        }

        slices.Add(WriteAccess());
        return slices;
    }

    public void Dispose()
    {
        foreach (ModuleAssembler assembler in _assemblers)
        {
            assembler.Dispose();
        }
    }

    private uint CountOf(Sort sort) => (uint)Component.SpaceOf(sort).Length;

    private uint InstanceOf(ModuleContext module)
    {
        for (uint i = 0; i < CountOf(Sort.CoreInstance); i++)
        {
            if (Component.DefinitionOf(Sort.CoreInstance, i) is CoreInstantiation instantiation
                && Component.DefinitionOf(Sort.CoreModule, instantiation.ModuleIndex) is CoreModuleDefinition definition
                && definition.Module == module.Module)
            {
                return i;
            }
        }

        throw new InvalidOperationException("a module that is not instantiated has no state");
    }

    private byte[] WriteAccess()
    {
        using var buffer = new PooledBuffer();
        var writer = new WasmWriter(buffer);
        WriteModule(writer);
        WriteCoreInstance(writer);
        if (FunctionCount > 0)
        {
            WriteAliases(writer);
            WriteTypes(writer);
            WriteLifts(writer);
        }

        WriteInstance(writer);
        int export = Begin(writer, ComponentSectionId.Export);
        writer.WriteU32(1);
        writer.WriteByte(ExportName);
        writer.WriteName(InstrumentedComponent.AccessInstance);
        writer.WriteByte(InstanceSort);
        writer.WriteU32(CountOf(Sort.Instance));
        writer.WriteByte(NoType);
        writer.EndSized(export);
        return buffer.ToArray();
    }

    private void WriteModule(WasmWriter writer)
    {
        int section = Begin(writer, ComponentSectionId.CoreModule);
        AccessorModule.Write(Accessors, module => InstanceOf(module), writer);
        writer.EndSized(section);
    }

    private void WriteCoreInstance(WasmWriter writer)
    {
        uint[] instances = [.. Accessors.Select(accessor => InstanceOf(accessor.Module)).Distinct()];
        int section = Begin(writer, ComponentSectionId.CoreInstance);
        writer.WriteU32(1);
        writer.WriteByte(Instantiate);
        writer.WriteU32(CountOf(Sort.CoreModule));
        writer.WriteU32((uint)instances.Length);
        foreach (uint instance in instances)
        {
            writer.WriteName(AccessorModule.NameOf(instance));
            writer.WriteByte(CoreInstanceSort);
            writer.WriteU32(instance);
        }

        writer.EndSized(section);
    }

    // The memory of each function that shows one, and each function.
    private void WriteAliases(WasmWriter writer)
    {
        int section = Begin(writer, ComponentSectionId.Alias);
        writer.WriteU32(FunctionCount + (uint)Accessors.Count(accessor => accessor.Kind == ExternKind.Memory));
        for (int i = 0; i < Accessors.Length; i++)
        {
            if (Accessors[i].Kind == ExternKind.Memory)
            {
                WriteAlias(writer, ExternKind.Memory, InstanceOf(Accessors[i].Module), Accessors[i].CoreName);
            }

            WriteAlias(writer, ExternKind.Func, CountOf(Sort.CoreInstance), AccessorModule.NameOf((uint)i));
        }

        foreach (ResetAccessor reset in Resets)
        {
            WriteAlias(writer, ExternKind.Func, InstanceOf(reset.Module), reset.CoreName);
        }

        writer.EndSized(section);
    }

    private static void WriteAlias(WasmWriter writer, ExternKind kind, uint instance, string name)
    {
        writer.WriteByte(CoreSort);
        writer.WriteByte((byte)kind);
        writer.WriteByte(CoreExportTarget);
        writer.WriteU32(instance);
        writer.WriteName(name);
    }

    // A list is a type of its own.
    private void WriteTypes(WasmWriter writer)
    {
        bool hasLists = access == MemoryAccess.List;
        int section = Begin(writer, ComponentSectionId.Type);
        int listCount = hasLists ? Accessors.Count(accessor => accessor.Kind == ExternKind.Memory) : 0;
        writer.WriteU32(FunctionCount + (uint)listCount);
        uint next = CountOf(Sort.Type);
        foreach (ComponentAccessor accessor in Accessors)
        {
            bool isList = hasLists && accessor.Kind == ExternKind.Memory;
            if (isList)
            {
                writer.WriteByte(ListCode);
                writer.WriteByte((byte)PrimitiveValType.U8);
                next++;
            }

            writer.WriteByte(FuncTypeCode);
            writer.WriteU32(0);
            writer.WriteByte(ResultCode);
            if (isList)
            {
                writer.WriteS33(next - 1);
            }
            else
            {
                writer.WriteByte((byte)ResultOf(accessor));
            }

            next++;
        }

        for (int i = 0; i < Resets.Length; i++)
        {
            writer.WriteByte(FuncTypeCode);
            writer.WriteU32(0);
            writer.WriteByte(NoResultCode);
            writer.WriteByte(0x00);
        }

        writer.EndSized(section);
    }

    private static PrimitiveValType ResultOf(in ComponentAccessor accessor) => accessor.Kind == ExternKind.Memory
        ? PrimitiveValType.String
        : accessor.Module.Module.Globals[accessor.Index].Type.Value.Code switch
        {
            ValTypeCode.I32 => PrimitiveValType.S32,
            ValTypeCode.I64 => PrimitiveValType.S64,
            ValTypeCode.F32 => PrimitiveValType.F32,
            _ => PrimitiveValType.F64,
        };

    private void WriteLifts(WasmWriter writer)
    {
        int section = Begin(writer, ComponentSectionId.Canon);
        writer.WriteU32(FunctionCount);
        uint type = CountOf(Sort.Type);
        uint memory = CountOf(Sort.CoreMemory);
        for (int i = 0; i < Accessors.Length; i++)
        {
            bool isMemory = Accessors[i].Kind == ExternKind.Memory;
            writer.WriteByte((byte)CanonKind.Lift);
            writer.WriteByte(0x00);
            writer.WriteU32(CountOf(Sort.CoreFunc) + (uint)i);
            if (isMemory && access == MemoryAccess.String)
            {
                // Each byte is a character of this encoding, whatever it is.
                writer.WriteU32(2);
                writer.WriteByte((byte)CanonOptionKind.Latin1Utf16);
            }
            else
            {
                writer.WriteU32(isMemory ? 1u : 0);
            }

            if (isMemory)
            {
                writer.WriteByte((byte)CanonOptionKind.Memory);
                writer.WriteU32(memory++);
                type += access == MemoryAccess.List ? 1u : 0;
            }

            writer.WriteU32(type++);
        }

        for (int i = 0; i < Resets.Length; i++)
        {
            writer.WriteByte((byte)CanonKind.Lift);
            writer.WriteByte(0x00);
            writer.WriteU32(CountOf(Sort.CoreFunc) + (uint)(Accessors.Length + i));
            writer.WriteU32(0);
            writer.WriteU32(type++);
        }

        writer.EndSized(section);
    }

    private void WriteInstance(WasmWriter writer)
    {
        int section = Begin(writer, ComponentSectionId.Instance);
        writer.WriteU32(1);
        writer.WriteByte(InlineExports);
        writer.WriteU32(FunctionCount);
        uint function = CountOf(Sort.Func);
        foreach (string name in Accessors.Select(static item => item.Name).Concat(Resets.Select(static item => item.Name)))
        {
            writer.WriteByte(ExportName);
            writer.WriteName(name);
            writer.WriteByte(FuncSort);
            writer.WriteU32(function++);
        }

        writer.EndSized(section);
    }

    private static int Begin(WasmWriter writer, ComponentSectionId id)
    {
        writer.WriteByte((byte)id);
        return writer.BeginSized();
    }
}
