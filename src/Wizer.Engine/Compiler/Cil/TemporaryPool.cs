using System.Reflection.Emit;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

/// <summary>Locals of CIL for values on their way, by type: what is given back is used again.</summary>
internal sealed class TemporaryPool(CilWriter il)
{
    private readonly List<LocalBuilder>[] _free = [[], [], [], [], []];

    /// <summary>One that nobody else has.</summary>
    internal LocalBuilder Rent(SlotType type)
    {
        List<LocalBuilder> free = _free[(int)type];
        if (free.Count == 0)
        {
            return il.DeclareLocal(SlotTypes.ClrType(type));
        }

        LocalBuilder temp = free[^1];
        free.RemoveAt(free.Count - 1);
        return temp;
    }

    /// <summary>Gives one back.</summary>
    internal void Free(SlotType type, LocalBuilder temp) => _free[(int)type].Add(temp);
}
