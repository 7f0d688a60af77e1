using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Finds objects that constant expressions made, by way of the globals that hold them.</summary>
/// <param name="types">The types of the module.</param>
/// <param name="graph">The objects.</param>
/// <param name="classes">Their homes.</param>
internal sealed class HomeGlobals(ModuleTypes types, ObjectGraph graph, ObjectClasses classes)
{
    /// <summary>Whether a constant expression can have an object from its home.</summary>
    /// <param name="node">The object.</param>
    /// <param name="place">The type of where it goes.</param>
    /// <param name="globalCount">How many globals the expression may name.</param>
    internal bool IsAvailable(int node, ValType place, uint globalCount)
    {
        int home = classes.HomeOf(node);
        return home >= 0 && home < globalCount && types.Matches(Converted(TypeOfHome(node), place), place);
    }

    /// <summary>Writes how to have it from there.</summary>
    internal void Write(int node, ValType place, InstructionBuffer code)
    {
        code.Write(Opcode.GlobalGet, (uint)classes.HomeOf(node));
        Convert(TypeOfHome(node), place, code);
    }

    /// <summary>Writes how code finds it, wherever it is.</summary>
    internal void WriteWay(int node, ValType place, InstructionBuffer code)
    {
        var way = new Stack<int>();
        int at = node;
        for (; classes.HomeOf(at) < 0; at = classes.OuterOf(at))
        {
            way.Push(at);
        }

        code.Write(Opcode.GlobalGet, (uint)classes.HomeOf(at));
        ValType type = TypeOfHome(at);
        foreach (int inner in way)
        {
            int outer = classes.OuterOf(inner);
            int item = classes.OuterItemOf(inner);
            uint outerType = graph.TypeOf(outer);
            Cast(type, ValType.Ref(new HeapType((int)outerType), nullable: true), code);
            if (graph.ShapeOf(outer).IsArray)
            {
                code.I32Const(item);
                code.Write(Opcode.ArrayGet, outerType);
            }
            else
            {
                code.Write(Opcode.StructGet, outerType, (uint)item);
            }

            type = graph.ShapeOf(outer).ItemAt(item).Storage;
        }

        Cast(type, place, code);
    }

    /// <summary>Turns what is on the stack into a value of another type, which it is known to be.</summary>
    internal void Cast(ValType type, ValType place, InstructionBuffer code)
    {
        type = Convert(type, place, code);
        if (types.Matches(type, place))
        {
            return;
        }

        if (types.Matches(type.WithNullable(false), place))
        {
            code.Write(Opcode.RefAsNonNull);
        }
        else
        {
            code.RefCast(place);
        }
    }

    private ValType TypeOfHome(int node)
    {
        GlobalInfo[] globals = types.Module.Globals;
        int home = classes.HomeOf(node);
        return home < globals.Length ? globals[home].Type.Value : graph.ReferenceTo(node);
    }

    private ValType Convert(ValType type, ValType place, InstructionBuffer code)
    {
        ValType converted = Converted(type, place);
        if (converted != type)
        {
            code.Write(types.TopOf(place) == HeapType.Extern ? Opcode.ExternConvertAny : Opcode.AnyConvertExtern);
        }

        return converted;
    }

    // Between the two hierarchies in which objects are.
    private ValType Converted(ValType type, ValType place)
    {
        HeapType top = types.TopOf(place);
        return types.TopOf(type) == top ? type : ValType.Ref(top, type.IsNullable);
    }
}
