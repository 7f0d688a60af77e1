using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Sets mutable globals that a module imports, and whose values are numbers, to what the initialization left: no segment and no
/// initializer does that, so that a start function has to.
/// </summary>
internal static class ImportedValues
{
    /// <summary>Adds the function, if one of the globals has changed.</summary>
    /// <param name="context">The module.</param>
    /// <param name="values">The values of its mutable globals, those that are imported first.</param>
    /// <param name="changes">What else there is.</param>
    internal static ReferenceChanges SetIn(ModuleContext context, GlobalValue[] values, ReferenceChanges changes)
    {
        using var buffer = new PooledBuffer();
        var writer = new WasmWriter(buffer);
        for (int i = 0; i < context.ImportedValueCount; i++)
        {
            GlobalValue value = values[i];
            if ((value.LowBits | value.HighBits) != 0)
            {
                new ConstantValue(value.LowBits, value.HighBits).WriteTo(writer, value.Type);
                writer.WriteOpcode(Opcode.GlobalSet);
                writer.WriteU32((uint)context.MutableGlobals[i]);
            }
        }

        if (buffer.Length == 0)
        {
            return changes;
        }

        if (changes.Restore?.StartFunc is { } next)
        {
            writer.WriteOpcode(Opcode.Call);
            writer.WriteU32(next);
        }

        uint funcIndex = (uint)(context.Module.FuncTypeIndices.Length + (changes.Restore?.Bodies.Count ?? 0));
        Throw.IfTooMany("functions", (int)funcIndex + 1, WasmLimits.MaxFunctions);
        RestoreCode restore = changes.Restore ?? new RestoreCode { Bodies = [], TypeIndices = [] };
        return changes with
        {
            Restore = restore with
            {
                Bodies = [.. restore.Bodies, RestoreBodies.Wrap(buffer.ToArray())],
                TypeIndices = [.. restore.TypeIndices, context.InitTypeIndex],
                StartFunc = funcIndex,
            },
        };
    }
}
