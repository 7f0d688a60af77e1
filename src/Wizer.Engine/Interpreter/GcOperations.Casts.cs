using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

// Core 3.0, Execution: Reference Instructions.
internal static unsafe partial class GcOperations
{
    /// <summary>Whether a reference is of a type; its static type is in the same hierarchy.</summary>
    internal static bool Is(GuestContext* context, ulong handle, CastTarget target)
    {
        if (handle == 0)
        {
            return target.IsNullable;
        }

        if (target.IsObject)
        {
            return ReferenceHandle.IsObject(handle)
                && (((GcObject*)handle)->TypeId == target.Code || LayoutOf(context, handle)->IsSubtype(target.Code, target.Depth));
        }

        if (target.IsFunction)
        {
            var func = (FuncData*)handle;
            return func->TypeId == target.Code || Calls.IsSubtype(context, func, target.Code);
        }

        HeapType type = target.Abstract;
        if (type == HeapType.Any || type == HeapType.Extern || type == HeapType.Func || type == HeapType.Exn)
        {
            return true;
        }

        if (type == HeapType.Eq)
        {
            return !ReferenceHandle.IsHost(handle);
        }

        if (type == HeapType.I31)
        {
            return ReferenceHandle.IsI31(handle);
        }

        if (type == HeapType.Struct || type == HeapType.Array)
        {
            return ReferenceHandle.IsObject(handle) && (LayoutOf(context, handle)->IsArray != 0) == (type == HeapType.Array);
        }

        // The bottom of each hierarchy has null only.
        return false;
    }

    private static GcLayout* LayoutOf(GuestContext* context, ulong handle) => context->Heap->Layouts[((GcObject*)handle)->TypeId];
}
