using System.Diagnostics.CodeAnalysis;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Pipeline;

/// <summary>Tells references apart, and writes those that are no objects as instructions.</summary>
/// <param name="types">The types of the module.</param>
/// <param name="funcs">Its functions.</param>
/// <param name="imports">The references that it imports.</param>
internal sealed class References(ModuleTypes types, FuncIndices funcs, ImportedReferences imports)
{
    /// <summary>What a reference refers to.</summary>
    /// <param name="handle">The engine's handle.</param>
    /// <param name="place">The type of where it is, which says how to read the handle.</param>
    internal ReferenceKind KindOf(ulong handle, ValType place)
    {
        if (handle == 0)
        {
            return ReferenceKind.Null;
        }

        HeapType top = types.TopOf(place);
        if (imports.TryFind(handle, out uint global))
        {
            return CanStand(types.Module.Globals[global].Type.Value, place, top) ? ReferenceKind.Import : ReferenceKind.WiderImport;
        }

        if (top == HeapType.Func)
        {
            return KindOfFunc(handle, place);
        }

        if (top == HeapType.Exn)
        {
            return ReferenceKind.Exception;
        }

        if (ReferenceHandle.IsI31(handle))
        {
            return ReferenceKind.I31;
        }

        return ReferenceHandle.IsObject(handle) ? ReferenceKind.Object : ReferenceKind.Host;
    }

    /// <summary>Writes what is the same in constant expressions and in code: null, a function, an i31, an import.</summary>
    /// <param name="kind">Which of them.</param>
    /// <param name="handle">The engine's handle.</param>
    /// <param name="place">The type of where it goes.</param>
    /// <param name="code">The instructions so far, and the functions they name.</param>
    internal void WriteAtom(ReferenceKind kind, ulong handle, ValType place, InstructionBuffer code)
    {
        switch (kind)
        {
            case ReferenceKind.Null:
                code.RefNull(place.HeapType);
                break;
            case ReferenceKind.Func:
                funcs.TryFind(handle, out uint index);
                code.RefFunc(index);
                break;
            case ReferenceKind.Import:
                imports.TryFind(handle, out uint global);
                code.Write(Opcode.GlobalGet, global);
                if (IsOutside(types.Module.Globals[global].Type.Value, types.TopOf(place)))
                {
                    code.Write(Opcode.AnyConvertExtern);
                }

                break;
            default:
                // The bits above are zero: the sign is the highest of 31.
                code.I32Const((int)(uint)handle >> 1);
                code.Write(Opcode.RefI31);
                if (types.TopOf(place) == HeapType.Extern)
                {
                    code.Write(Opcode.ExternConvertAny);
                }

                break;
        }
    }

    /// <summary>The same in code, which can also have an imported function as what it turns out to be.</summary>
    internal void WriteInCode(ulong handle, ValType place, InstructionBuffer code)
    {
        ReferenceKind kind = KindOf(handle, place);
        WriteAtom(kind == ReferenceKind.WiderFunc ? ReferenceKind.Func : kind, handle, place, code);
        if (kind == ReferenceKind.WiderFunc)
        {
            code.RefCast(place.WithNullable(false));
        }
    }

    /// <summary>Whether references of a type refer to functions.</summary>
    internal bool IsFunc(ValType type) => types.TopOf(type) == HeapType.Func;

    /// <summary>Writes the index of a function.</summary>
    internal void WriteFuncIndex(ulong handle, InstructionBuffer code)
    {
        funcs.TryFind(handle, out uint index);
        code.FuncIndex(index);
    }

    /// <summary>Says that a snapshot cannot hold a reference.</summary>
    [DoesNotReturn]
    internal static void Refuse(ReferenceKind kind, Place place) => Throw.ReferenceUnsupported(place.ToString(), kind switch
    {
        ReferenceKind.Host => "an object of the host",
        ReferenceKind.ForeignFunc => "a function that the module neither defines nor imports",
        ReferenceKind.AmbiguousFunc => "a function that is imported under several names",
        ReferenceKind.WiderImport => "an imported reference in a place of another type than its import has",
        ReferenceKind.WiderFunc => "an imported function of another type than its import has",
        ReferenceKind.Exception => "an exception",
        _ => "an object",
    });

    private bool CanStand(ValType import, ValType place, HeapType top) => types.Matches(
        IsOutside(import, top) ? ValType.Ref(HeapType.Any, import.IsNullable) : import, place);

    // An external reference has other types among the module's own.
    private bool IsOutside(ValType import, HeapType top) => top == HeapType.Any && types.TopOf(import) == HeapType.Extern;

    private ReferenceKind KindOfFunc(ulong handle, ValType place)
    {
        if (!funcs.TryFind(handle, out uint index))
        {
            return ReferenceKind.ForeignFunc;
        }

        if (funcs.IsAmbiguous(handle))
        {
            return ReferenceKind.AmbiguousFunc;
        }

        return types.Matches(types.TypeOfFunc(index), place) ? ReferenceKind.Func : ReferenceKind.WiderFunc;
    }
}
