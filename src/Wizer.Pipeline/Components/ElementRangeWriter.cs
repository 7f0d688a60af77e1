using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Writes elements of a table as active segments of a module that imports it.</summary>
/// <param name="module">The module.</param>
/// <param name="elements">What the table holds, all of which can be written.</param>
/// <param name="type">The type of its elements, in the types of the module.</param>
/// <param name="table">Its index in the module.</param>
/// <param name="is64">Whether elements have addresses of 64 bits.</param>
internal sealed unsafe class ElementRangeWriter(RestoreModule module, ulong* elements, ValType type, uint table, bool is64)
{
    // About what another segment takes in addition to its elements.
    private const ulong WidestGap = 4;

    /// <summary>Writes elements, and few others between them.</summary>
    /// <param name="indices">Which, in order.</param>
    /// <param name="writer">Where to.</param>
    /// <returns>The number of segments.</returns>
    internal uint Write(IReadOnlyList<ulong> indices, WasmWriter writer)
    {
        // Engines allow no more segments than that many, and few modules have so much as one.
        ulong widest = indices.Count > ElementRuns.MaxRunCount ? ulong.MaxValue : WidestGap;
        uint count = 0;
        int first = 0;
        for (int i = 1; i <= indices.Count; i++)
        {
            if (i == indices.Count || indices[i] - indices[i - 1] - 1 > widest)
            {
                WriteSegment(indices[first], indices[i - 1] + 1, writer);
                count++;
                first = i;
            }
        }

        return count;
    }

    private void WriteSegment(ulong start, ulong end, WasmWriter writer)
    {
        bool isOfFuncs = type.HeapType == HeapType.Func;
        for (ulong i = start; i < end; i++)
        {
            isOfFuncs &= elements[i] != 0;
        }

        bool isShort = table == 0 && (isOfFuncs || type == ValType.FuncRef);
        ElementForm form = isOfFuncs
            ? isShort ? ElementForm.ActiveFuncs : ElementForm.ActiveTableFuncs
            : isShort ? ElementForm.ActiveExpressions : ElementForm.ActiveTableExpressions;
        writer.WriteByte((byte)form);
        if (!isShort)
        {
            writer.WriteU32(table);
        }

        WriteOffset(start, writer);
        if (!isShort && isOfFuncs)
        {
            writer.WriteByte(ElementForms.FuncKind);
        }
        else if (!isShort)
        {
            writer.WriteValType(type);
        }

        writer.WriteU32((uint)(end - start));
        for (ulong i = start; i < end; i++)
        {
            uint? func = RestoreModule.IsFunc(elements[i], type) ? module.FuncOf(elements[i]) : null;
            if (func is { } index)
            {
                module.Mention(index);
            }

            if (isOfFuncs)
            {
                writer.WriteU32(func!.Value);
            }
            else
            {
                RestoreModule.WriteValue(elements[i], type, func, writer);
                writer.WriteOpcode(Opcode.End);
            }
        }
    }

    private void WriteOffset(ulong start, WasmWriter writer)
    {
        writer.WriteOpcode(is64 ? Opcode.I64Const : Opcode.I32Const);
        if (is64)
        {
            writer.WriteS64((long)start);
        }
        else
        {
            writer.WriteS32((int)start);
        }

        writer.WriteOpcode(Opcode.End);
    }
}
