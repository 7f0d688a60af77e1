using System.Globalization;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// A module that passed every check, between <see cref="PreInitializer.Instrument"/> and
/// <see cref="PreInitializer.Snapshot"/>. Immutable: one context serves any number of snapshots, also at the same time.
/// </summary>
public sealed class ModuleContext
{
    /// <summary>What marks the exports that instrumentation adds; the input may not use it.</summary>
    public const string ReservedPrefix = "__wizer_";

    internal ModuleContext(ModuleInfo module, ValidationResult validation)
    {
        Module = module;
        NamedDataCount = (int)validation.NamedDataCount;
        MutableGlobals = FindMutableGlobals(module);
        HasReactorInit = module.FindExport(ReactorInitUtf8) >= 0;
    }

    /// <summary>The input module. Its bytes must stay as they are while the context is used.</summary>
    public ModuleInfo Module { get; }

    /// <summary>How many data segments code may depend on: one more than the highest index that an instruction names, or 0.</summary>
    internal int NamedDataCount { get; }

    /// <summary>How many of the input's data segments, the first ones, the initialized module keeps.</summary>
    internal int KeptDataCount(ModuleLayout layout) =>
        layout == ModuleLayout.Compatible ? Module.DataSegments.Length : NamedDataCount;

    /// <summary>The indices of the mutable globals: those that a snapshot reads.</summary>
    internal int[] MutableGlobals { get; }

    /// <summary>Whether the module exports <c>_initialize</c>, which the initialized module does not, whatever it is.</summary>
    internal bool HasReactorInit { get; }

    /// <summary>The export by which WASI reactors want to be initialized.</summary>
    internal const string ReactorInit = "_initialize";

    internal static ReadOnlySpan<byte> ReactorInitUtf8 => "_initialize"u8;

    /// <summary>The name under which an instrumented module exports a mutable global.</summary>
    /// <param name="index">Counts every defined global, mutable or not.</param>
    public static string GlobalExportName(int index) => "__wizer_global_" + index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The name under which an instrumented module exports a memory.</summary>
    /// <param name="index">Counts the defined memories.</param>
    public static string MemoryExportName(int index) => "__wizer_memory_" + index.ToString(CultureInfo.InvariantCulture);

    private static int[] FindMutableGlobals(ModuleInfo module)
    {
        int count = 0;
        foreach (GlobalInfo global in module.Globals)
        {
            count += global.Type.IsMutable ? 1 : 0;
        }

        var indices = new int[count];
        int next = 0;
        for (int i = 0; i < module.Globals.Length; i++)
        {
            if (module.Globals[i].Type.IsMutable)
            {
                indices[next++] = i;
            }
        }

        return indices;
    }
}
