using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Writes the instructions that make objects and exceptions, those they are made with included.</summary>
internal sealed unsafe class ObjectWriter(
    ObjectGraph graph, ModuleTypes types, ArrayForms forms, Placeholders placeholders, InstructionBuffer code, DataImage? image)
{
    private const byte ExnRefCode = 0x69;
    private const byte EmptyBlock = 0x40;
    private const byte CatchAllRef = 0x03;

    private readonly Stack<Frame> _frames = new();

    /// <summary>Writes the instructions for one of them.</summary>
    /// <param name="node">Which one.</param>
    /// <param name="place">The type of where it goes.</param>
    /// <param name="policy">What it is made with.</param>
    internal void Write(int node, ValType place, IReferencePolicy policy)
    {
        Begin(node, place);
        while (_frames.TryPeek(out Frame? frame))
        {
            if (frame.Next < frame.Count)
            {
                WriteItem(frame, frame.Next++, policy);
            }
            else
            {
                End(frame, policy);
                _frames.Pop();
            }
        }
    }

    private void Begin(int node, ValType place)
    {
        var frame = new Frame(node, place, graph.ItemCount(node));
        ObjectShape shape = graph.ShapeOf(node);
        if (shape.IsArray)
        {
            frame.Form = forms.FormOf(node, image is null);
            frame.Count = frame.Form switch
            {
                ArrayForm.Fixed => frame.Count,
                ArrayForm.Equal => 1,
                _ => 0,
            };
        }
        else if (shape.IsException)
        {
            BeginException();
        }
        else if (frame.Count != 0 && shape.HasDefault && IsZero(node))
        {
            frame.IsDefault = true;
            frame.Count = 0;
        }

        _frames.Push(frame);
    }

    private bool IsZero(int node)
    {
        for (int i = 0; i < graph.ItemCount(node); i++)
        {
            ulong length = graph.ShapeOf(node).ItemAt(i).Storage.Code switch
            {
                ValTypeCode.I8 => 1u,
                ValTypeCode.I16 => 2u,
                ValTypeCode.I32 or ValTypeCode.F32 => 4u,
                ValTypeCode.V128 => 16u,
                _ => 8u,
            };
            if (new ReadOnlySpan<byte>(graph.AddressOf(node, i), (int)length).IndexOfAnyExcept((byte)0) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private void WriteItem(Frame frame, int item, IReferencePolicy policy)
    {
        ValType type = graph.ShapeOf(frame.Node).ItemAt(item).Storage;
        if (!type.IsRef)
        {
            code.Number(graph.AddressOf(frame.Node, item), type);
            return;
        }

        int child = graph.ChildAt(frame.Node, item);
        if (child != ObjectGraph.None && policy.Nests(frame.Node, item, child))
        {
            Begin(child, type);
        }
        else
        {
            policy.WriteItem(frame.Node, item, type);
        }
    }

    private void End(Frame frame, IReferencePolicy policy)
    {
        uint type = graph.TypeOf(frame.Node);
        ObjectShape shape = graph.ShapeOf(frame.Node);
        if (shape.IsException)
        {
            EndException(type);
            if (!frame.Place.IsNullable)
            {
                code.Write(Opcode.RefAsNonNull);
            }
        }
        else if (shape.IsArray)
        {
            EndArray(frame, type, policy);
        }
        else
        {
            code.Write(frame.IsDefault ? Opcode.StructNewDefault : Opcode.StructNew, type);
        }

        if (types.TopOf(frame.Place) == HeapType.Extern)
        {
            code.Write(Opcode.ExternConvertAny);
        }
    }

    private void EndArray(Frame frame, uint type, IReferencePolicy policy)
    {
        int count = graph.ItemCount(frame.Node);
        switch (frame.Form)
        {
            case ArrayForm.Fixed:
                code.Write(Opcode.ArrayNewFixed, type, (uint)count);
                break;
            case ArrayForm.Equal:
                code.I32Const(count);
                code.Write(Opcode.ArrayNew, type);
                break;
            case ArrayForm.Image:
                code.I32Const((int)image!.Add(graph.BytesOf(frame.Node)));
                code.I32Const(count);
                code.Write(Opcode.ArrayNewData, type, image.SegmentIndex);
                break;
            case ArrayForm.Segment:
                code.I32Const(0);
                code.I32Const(count);
                code.Write(Opcode.ArrayNewElem, type, forms.SegmentOf(frame.Node));
                break;
            default:
                if (frame.Form == ArrayForm.Filled)
                {
                    policy.Fill(frame.Node);
                }

                WriteUnfilled(frame.Node, type, count);
                break;
        }
    }

    private void WriteUnfilled(int node, uint type, int count)
    {
        if (graph.ShapeOf(node).HasDefault)
        {
            code.I32Const(count);
            code.Write(Opcode.ArrayNewDefault, type);
            return;
        }

        placeholders.Write(graph.ShapeOf(node).ItemAt(0).Storage, code, () => graph.PlaceOf(node));
        code.I32Const(count);
        code.Write(Opcode.ArrayNew, type);
    }

    // What is thrown at once is caught at once, and goes on as a reference behind the outer block.
    private void BeginException()
    {
        code.Write(Opcode.Block);
        code.Writer.WriteByte(ExnRefCode);
        code.Write(Opcode.TryTable);
        code.Writer.WriteByte(EmptyBlock);
        code.Writer.WriteU32(1);
        code.Writer.WriteByte(CatchAllRef);
        code.Writer.WriteU32(0);
    }

    private void EndException(uint tag)
    {
        code.Write(Opcode.Throw, tag);
        code.Write(Opcode.End);
        code.Write(Opcode.Unreachable);
        code.Write(Opcode.End);
    }

    private sealed class Frame(int node, ValType place, int count)
    {
        internal int Node { get; } = node;

        internal ValType Place { get; } = place;

        internal int Count { get; set; } = count;

        internal int Next { get; set; }

        internal ArrayForm Form { get; set; }

        internal bool IsDefault { get; set; }
    }
}
