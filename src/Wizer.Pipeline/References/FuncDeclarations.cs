using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Keeps <c>ref.func</c> in function bodies valid: a function that a body refers to has to occur outside of bodies, too, and an export
/// that is dropped, or a segment or an initializer that is written anew, may have been the only place. Core 3.0, Validation: Modules.
/// </summary>
/// <param name="context">The module.</param>
/// <param name="changes">What is written anew.</param>
internal readonly ref struct FuncDeclarations(ModuleContext context, ReferenceChanges changes)
{
    // Not the library's, which is compiled at run time.
    private static readonly uint[] s_none = new uint[0];

    private readonly ModuleInfo _module = context.Module;

    /// <summary>Finds the functions that bodies refer to and nothing else would mention any more.</summary>
    /// <param name="keeps">Says which exports stay.</param>
    /// <returns>Their indices, in order.</returns>
    internal uint[] FindMissing(Predicate<ExportInfo> keeps)
    {
        ulong[] referenced = context.Validation.ReferencedFuncs;
        bool mayMiss = changes.Mentioned is not null || (referenced.Length != 0 && (changes.Elements is not null || DropsFunc(keeps)));
        if (!mayMiss)
        {
            return s_none;
        }

        var missing = new FuncSet(_module.FuncTypeIndices.Length);
        missing.Add(referenced);
        if (changes.Named is { } named)
        {
            missing.Add(named);
        }

        missing.Remove(FindMentioned(keeps));
        return missing.IsEmpty ? s_none : missing.ToArray();
    }

    private bool DropsFunc(Predicate<ExportInfo> keeps)
    {
        ulong[] referenced = context.Validation.ReferencedFuncs;
        foreach (ExportInfo export in _module.Exports)
        {
            bool isReferenced = export.Kind == ExternKind.Func
                && (referenced[export.Index >> 6] & (1UL << (int)(export.Index & 63))) != 0;
            if (isReferenced && !keeps(export))
            {
                return true;
            }
        }

        return false;
    }

    private FuncSet FindMentioned(Predicate<ExportInfo> keeps)
    {
        FuncSet funcs = changes.Mentioned ?? new FuncSet(_module.FuncTypeIndices.Length);
        foreach (ExportInfo export in _module.Exports)
        {
            if (export.Kind == ExternKind.Func && keeps(export))
            {
                funcs.Add(export.Index);
            }
        }

        for (int i = 0; i < _module.Globals.Length; i++)
        {
            if (changes.GlobalAt(i) is null)
            {
                ConstScan.AddFuncs(_module, _module.Globals[i].Init, funcs);
            }
        }

        for (int i = 0; i < _module.Tables.Length; i++)
        {
            if (changes.TableAt(i) is null)
            {
                ConstScan.AddFuncs(_module, _module.Tables[i].Init, funcs);
            }
        }

        for (int i = 0; i < _module.ElementSegments.Length; i++)
        {
            if (changes.IsKept(i))
            {
                AddItems(_module.ElementSegments[i], funcs);
            }
        }

        return funcs;
    }

    private void AddItems(in ElementSegmentInfo segment, FuncSet funcs)
    {
        if (segment.HasExpressions)
        {
            ConstScan.AddFuncs(_module, segment.Items, funcs);
            return;
        }

        var reader = new WasmReader(segment.Items.Of(_module.Bytes.Span), segment.Items.Offset);
        while (!reader.IsAtEnd)
        {
            funcs.Add(reader.ReadU32());
        }
    }
}
