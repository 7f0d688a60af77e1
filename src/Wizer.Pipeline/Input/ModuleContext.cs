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

    /// <param name="module">The module.</param>
    /// <param name="validation">What validation learned about it.</param>
    /// <param name="isInComponent">Whether it is a part of a component.</param>
    internal ModuleContext(ModuleInfo module, ValidationResult validation, bool isInComponent = false)
    {
        Module = module;
        Validation = validation;
        IsInComponent = isInComponent;
        InputByteLength = module.Bytes.Length;
        NamedDataCount = (int)validation.NamedDataCount;
        MutableGlobals = FindMutableGlobals(module, FirstGlobal);
        HasReactorInit = !isInComponent && module.FindExport(ReactorInitUtf8) >= 0;
    }

    /// <summary>
    /// The input module, with definitions in the place of the imports that become some. Its bytes must stay as they are while the context
    /// is used.
    /// </summary>
    public ModuleInfo Module { get; }

    /// <summary>Which imports have yet to become definitions; null for none.</summary>
    internal ImportPlan? Imports { get; init; }

    /// <summary>How many bytes the input has, be it another module than <see cref="Module"/>.</summary>
    internal int InputByteLength { get; init; }

    /// <summary>How far behind its place in <see cref="Module"/> the code is in the input.</summary>
    internal int CodeShift { get; init; }

    /// <summary>Whether a section keeps the code at its place in the input, which no new module needs.</summary>
    internal bool HasPadding { get; init; }

    /// <summary>Whether another engine shows what becomes of tables of functions and of segments.</summary>
    internal bool ShowsTables { get; init; }

    /// <summary>Whether it was a shared library before its imports became definitions.</summary>
    internal bool IsLibrary { get; init; }

    /// <summary>What validation learned about the module.</summary>
    internal ValidationResult Validation { get; }

    /// <summary>
    /// Whether it is a part of a component: that may alias any export, so all stay; and other modules of it may get hold of its objects.
    /// </summary>
    internal bool IsInComponent { get; }

    /// <summary>Whether the module has the means to change its tables.</summary>
    internal bool MayChangeTables => StateInstructions.AreUsed(StateInstructions.OfTables, Validation);

    /// <summary>
    /// Whether a run may leave other references behind than instantiation makes: in tables, in globals, and in objects, which what
    /// the module imports may change, too.
    /// </summary>
    internal bool MayChangeReferences => IsInComponent
        || MayChangeTables
        || StateInstructions.AreUsed(StateInstructions.OfObjects, Validation)
        || HasMutableReferences(Module)
        || (Module.ImportedFuncCount != 0 && HasObjectTypes(Module));

    /// <summary>How many data segments code may depend on: one more than the highest index that an instruction names, or 0.</summary>
    internal int NamedDataCount { get; }

    /// <summary>The same of element segments.</summary>
    internal int NamedElementCount => (int)Validation.NamedElementCount;

    /// <summary>How many of the input's data segments, the first ones, the initialized module keeps.</summary>
    internal int KeptDataCount(ModuleLayout layout) =>
        layout == ModuleLayout.Compatible ? Module.DataSegments.Length : NamedDataCount;

    /// <summary>The first memory that a snapshot has; what a part of a component imports belongs to the snapshot of another part.</summary>
    internal int FirstMemory => IsInComponent ? Module.ImportedMemoryCount : 0;

    /// <summary>The first global that a snapshot may have.</summary>
    internal int FirstGlobal => IsInComponent ? Module.ImportedGlobalCount : 0;

    /// <summary>The indices of the mutable globals that hold numbers or vectors: those that a snapshot reads.</summary>
    internal int[] MutableGlobals { get; }

    /// <summary>
    /// The type of functions that take and return nothing, which the initialization function has; the one behind all others where there
    /// is none, as in a part of a component.
    /// </summary>
    internal uint InitTypeIndex
    {
        get
        {
            uint index = 0;
            while (index < Module.Types.Length
                && Module.Types[index].Composite is not FuncType { Parameters.Length: 0, Results.Length: 0 })
            {
                index++;
            }

            return index;
        }
    }

    /// <summary>How many of <see cref="MutableGlobals"/>, the first ones, are imported.</summary>
    internal int ImportedValueCount
    {
        get
        {
            int count = 0;
            while (count < MutableGlobals.Length && MutableGlobals[count] < Module.ImportedGlobalCount)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>
    /// Whether the module exports <c>_initialize</c>, which the initialized module does not, whatever it is. Not in a component, where
    /// it stays.
    /// </summary>
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

    /// <summary>The name under which a module that was instrumented to show tables exports one.</summary>
    /// <param name="index">In the table index space.</param>
    public static string TableExportName(int index) => "__wizer_table_" + index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The name under which a module that was instrumented to show tables exports a function.</summary>
    /// <param name="index">In the function index space.</param>
    public static string FuncExportName(int index) => "__wizer_func_" + index.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether a module imports memories, tables or globals.</summary>
    internal static bool ImportsState(ModuleInfo module) =>
        module.ImportedMemoryCount + module.ImportedTableCount + module.ImportedGlobalCount != 0;

    /// <summary>Whether a snapshot reads globals of a type.</summary>
    internal static bool IsRead(GlobalType type) => type.IsMutable && !type.Value.IsRef;

    private static bool HasMutableReferences(ModuleInfo module)
    {
        foreach (GlobalInfo global in module.Globals)
        {
            if (global.Type.IsMutable && global.Type.Value.IsRef)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasObjectTypes(ModuleInfo module)
    {
        foreach (SubType type in module.Types)
        {
            if (type.Composite is not FuncType)
            {
                return true;
            }
        }

        return false;
    }

    private static int[] FindMutableGlobals(ModuleInfo module, int first)
    {
        int count = 0;
        for (int i = first; i < module.Globals.Length; i++)
        {
            count += IsRead(module.Globals[i].Type) ? 1 : 0;
        }

        var indices = new int[count];
        int next = 0;
        for (int i = first; i < module.Globals.Length; i++)
        {
            if (IsRead(module.Globals[i].Type))
            {
                indices[next++] = i;
            }
        }

        return indices;
    }
}
