using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// How large memories and tables are that become definitions: as large as they would have to be to be imported. A shared library says
/// beside that how much it needs of those it is given a part of, and the values of its globals say which part that is.
/// </summary>
internal sealed class DefinedSizes
{
    private readonly ModuleInfo _module;
    private readonly ImportPlan _plan;
    private readonly ulong _memoryByteLength;
    private readonly ulong _tableElementCount;

    internal DefinedSizes(ModuleInfo module, ImportPlan plan)
    {
        _module = module;
        _plan = plan;
        if (SharedLibrary.Find(module) is { } library)
        {
            // The stack grows down from where the pointer to it starts.
            _memoryByteLength = Math.Max(ValueOf("__memory_base"u8) + library.MemoryByteLength, ValueOf("__stack_pointer"u8));
            _tableElementCount = ValueOf("__table_base"u8) + library.TableElementCount;
        }
    }

    /// <summary>The type of a memory.</summary>
    internal MemoryType OfMemory(int index)
    {
        MemoryType type = _module.Memories[index].Type;
        ulong pageCount = (_memoryByteLength >> type.PageSizeLog2) + ((_memoryByteLength & (type.PageSize - 1)) == 0 ? 0UL : 1);
        return index == 0 ? type with { Limits = AtLeast(type.Limits, pageCount, "memory") } : type;
    }

    /// <summary>The type of a table.</summary>
    internal TableType OfTable(int index)
    {
        TableType type = _module.Tables[index].Type;
        return index == 0 ? type with { Limits = AtLeast(type.Limits, _tableElementCount, "table") } : type;
    }

    private static Limits AtLeast(Limits limits, ulong minimum, string what)
    {
        if (minimum > (limits.Maximum ?? ulong.MaxValue))
        {
            Throw.ImportUnsupported($"{what} 0", $"has a maximum of {limits.Maximum}, and the library at its base needs {minimum}");
        }

        return limits with { Minimum = Math.Max(limits.Minimum, minimum) };
    }

    private ulong ValueOf(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        foreach (ImportInfo import in _module.Imports)
        {
            if (import.Kind == ExternKind.Global
                && import.Module.Of(bytes).SequenceEqual("env"u8)
                && import.Name.Of(bytes).SequenceEqual(name)
                && _plan.ValueOf(import.Index) is { } value)
            {
                return value.Low;
            }
        }

        return 0;
    }
}
