using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;

namespace Wizer.Pipeline;

/// <summary>
/// Finds out whether a table is as instantiation makes it, and writes its entry and its segments if it is not. Core 3.0, Binary Format:
/// Table Section, Element Section.
/// </summary>
internal sealed unsafe class TableSnapshot
{
    private readonly ModuleInfo _module;
    private readonly Instance _instance;
    private readonly TableInfo _info;
    private readonly TableData* _table;
    private readonly bool _allocates;
    private readonly ulong _initial;

    internal TableSnapshot(Instance instance, uint index)
    {
        _module = instance.Module;
        _instance = instance;
        Index = index;
        _info = _module.Tables[index];
        _table = instance.Data->Tables[index];
        _allocates = ConstScan.Allocates(_module, _info.Init);
        if (_info.Init.Length != 0 && !_allocates)
        {
            ConstExpression.Evaluate(instance, _info.Init, out _initial, out _);
        }
    }

    /// <summary>In the table index space.</summary>
    internal uint Index { get; }

    /// <summary>Whether elements have addresses of 64 bits.</summary>
    internal bool Is64 => _info.Type.Limits.Is64;

    /// <summary>How many elements the table has.</summary>
    internal ulong Length => _table->Length;

    /// <summary>The type of its elements.</summary>
    internal ValType ElementType => _info.Type.Element;

    /// <summary>An element's handle.</summary>
    internal ulong this[ulong index] => _table->Elements[index];

    /// <summary>Whether its initializer and its segments give what it holds, so that they can stay.</summary>
    internal bool IsUnchanged(FuncIndices funcs)
    {
        if (Length != _info.Type.Limits.Minimum || _allocates)
        {
            return false;
        }

        ulong[]? expected = null;
        foreach (ElementSegmentInfo segment in _module.ElementSegments)
        {
            if (segment.Mode != SegmentMode.Active || segment.TableIndex != Index)
            {
                continue;
            }

            if (segment.HasExpressions && ConstScan.Allocates(_module, segment.Items))
            {
                return false;
            }

            expected ??= CreateFilled();
            Replay(segment, expected);
        }

        for (ulong i = 0; i < Length; i++)
        {
            ulong value = _table->Elements[i];
            if (value != (expected is null ? _initial : expected[i]) || (value != 0 && funcs.IsAmbiguous(value)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes the entry of the table section.</summary>
    /// <param name="mentioned">Gets the functions that it names.</param>
    internal byte[] WriteEntry(FuncSet mentioned)
    {
        using var buffer = new PooledBuffer();
        var writer = new WasmWriter(buffer);
        if (KeepsInitializer)
        {
            writer.WriteBytes([0x40, 0x00]);
        }

        writer.WriteTableType(_info.Type with { Limits = _info.Type.Limits with { Minimum = Length } });
        if (KeepsInitializer)
        {
            writer.WriteBytes(_info.Init.Of(_module.Bytes.Span));
            ConstScan.AddFuncs(_module, _info.Init, mentioned);
        }

        return buffer.ToArray();
    }

    /// <summary>Writes the elements that the entry does not give, those that constant expressions can make.</summary>
    /// <param name="constants">Says which.</param>
    /// <param name="segments">Gets the segments.</param>
    /// <param name="fills">Gets what code is to fill.</param>
    /// <returns>The indices of the elements that are left.</returns>
    internal IReadOnlyList<ulong> WriteElements(ConstWriter constants, List<byte[]> segments, List<TableFill> fills)
    {
        var runs = new ElementRuns(this, constants, segments);
        var elements = new ReadOnlySpan<ulong>(_table->Elements, checked((int)Length));
        bool isInitialKnown = !_allocates || !KeepsInitializer;
        for (int i = 0; i < elements.Length; i++)
        {
            if (isInitialKnown && elements[i] == _initial)
            {
                int next = elements[i..].IndexOfAnyExcept(_initial);
                if (next < 0)
                {
                    break;
                }

                i += next;
            }

            if ((i == 0 || elements[i] != elements[i - 1]) && CountEqual(elements[i..]) is var count and >= TableFill.MinCount
                && constants.IsAtom(elements[i], ElementType))
            {
                fills.Add(new TableFill(Index, (ulong)i, (ulong)count, elements[i]));
                i += count - 1;
                continue;
            }

            if (constants.CanWrite(elements[i], ElementType))
            {
                runs.Add((ulong)i);
            }
            else
            {
                runs.Leave((ulong)i);
            }
        }

        runs.Write(isInitialKnown ? _initial : null);
        return runs.Left;
    }

    /// <summary>Puts the items of an element segment to where instantiation puts them.</summary>
    /// <param name="instance">What the items are of.</param>
    /// <param name="segment">One of its module's.</param>
    /// <param name="elements">Those of a table, large enough.</param>
    /// <param name="at">The place of the first.</param>
    internal static void Replay(Instance instance, in ElementSegmentInfo segment, ulong[] elements, ulong at)
    {
        var reader = new WasmReader(segment.Items.Of(instance.Module.Bytes.Span), segment.Items.Offset);
        for (int i = 0; i < segment.Count; i++, at++)
        {
            if (segment.HasExpressions)
            {
                ConstExpression.Evaluate(instance, ref reader, out elements[at], out _);
            }
            else
            {
                elements[at] = (ulong)instance.Data->Funcs[reader.ReadU32()];
            }
        }
    }

    private static int CountEqual(ReadOnlySpan<ulong> elements)
    {
        int next = elements.IndexOfAnyExcept(elements[0]);
        return next < 0 ? elements.Length : next;
    }

    // One that allocates makes an object that nobody needs, and stays only where there has to be one.
    private bool KeepsInitializer => _info.Init.Length != 0 && !(_allocates && ElementType.IsNullable);

    private ulong[] CreateFilled()
    {
        var elements = new ulong[Length];
        Array.Fill(elements, _initial);
        return elements;
    }

    private void Replay(in ElementSegmentInfo segment, ulong[] elements)
    {
        ConstExpression.Evaluate(_instance, segment.OffsetExpr, out ulong at, out _);
        Replay(_instance, segment, elements, at);
    }
}
