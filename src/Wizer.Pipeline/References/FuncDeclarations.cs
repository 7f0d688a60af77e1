using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Keeps <c>ref.func</c> in function bodies valid: a function that a body refers to has to occur outside of bodies, too, and an export
/// that is dropped, or an element segment that becomes empty, may have been the only place. Core 3.0, Validation: Modules.
/// </summary>
internal static class FuncDeclarations
{
    // Not the library's, which is compiled at run time.
    private static readonly uint[] s_none = new uint[0];

    /// <summary>Finds the functions that bodies refer to and nothing else would mention any more.</summary>
    /// <param name="context">The module.</param>
    /// <param name="dropped">The element segments that become empty.</param>
    /// <param name="keeps">Says which exports stay.</param>
    /// <returns>Their indices, in order.</returns>
    internal static uint[] FindMissing(ModuleContext context, DroppedSegments dropped, Predicate<ExportInfo> keeps)
    {
        ulong[] referenced = context.Validation.ReferencedFuncs;
        if (referenced.Length == 0)
        {
            return s_none;
        }

        ModuleInfo module = context.Module;
        var missing = new Search(module, referenced);
        missing.AddMentioned(keeps, dropped, stays: false);
        if (missing.IsEmpty)
        {
            return s_none;
        }

        var others = new Search(module, referenced);
        others.AddMentioned(keeps, dropped, stays: true);
        foreach (GlobalInfo global in module.Globals)
        {
            others.AddIn(global.Init);
        }

        foreach (TableInfo table in module.Tables)
        {
            others.AddIn(table.Init);
        }

        return missing.Without(others);
    }

    /// <summary>Gathers functions of a module that bodies refer to.</summary>
    private readonly ref struct Search(ModuleInfo module, ulong[] referenced)
    {
        private readonly ulong[] _funcs = new ulong[referenced.Length];

        internal bool IsEmpty => _funcs.AsSpan().IndexOfAnyExcept(0UL) < 0;

        /// <summary>Adds those in exports and element segments, either in all that stay or in all that go.</summary>
        internal void AddMentioned(Predicate<ExportInfo> keeps, DroppedSegments dropped, bool stays)
        {
            foreach (ExportInfo export in module.Exports)
            {
                if (export.Kind == ExternKind.Func && keeps(export) == stays)
                {
                    Add(export.Index);
                }
            }

            for (int i = 0; i < module.ElementSegments.Length; i++)
            {
                if (dropped.HasElement(i) != stays)
                {
                    AddItems(module.ElementSegments[i]);
                }
            }
        }

        /// <summary>Adds those in constant expressions.</summary>
        internal void AddIn(ByteRange expressions)
        {
            var reader = new WasmReader(expressions.Of(module.Bytes.Span), expressions.Offset);
            while (!reader.IsAtEnd)
            {
                InstructionReader.Read(ref reader, out Instruction instruction);
                if (instruction.Opcode == Opcode.RefFunc)
                {
                    Add(instruction.Index);
                }
            }
        }

        internal uint[] Without(Search others)
        {
            var indices = new List<uint>();
            for (uint i = 0; i < module.FuncTypeIndices.Length; i++)
            {
                if ((_funcs[i >> 6] & ~others._funcs[i >> 6] & (1UL << (int)(i & 63))) != 0)
                {
                    indices.Add(i);
                }
            }

            return indices.Count == 0 ? s_none : indices.ToArray();
        }

        private void AddItems(in ElementSegmentInfo segment)
        {
            if (segment.HasExpressions)
            {
                AddIn(segment.Items);
                return;
            }

            var reader = new WasmReader(segment.Items.Of(module.Bytes.Span), segment.Items.Offset);
            while (!reader.IsAtEnd)
            {
                Add(reader.ReadU32());
            }
        }

        private void Add(uint funcIndex) =>
            _funcs[funcIndex >> 6] |= referenced[funcIndex >> 6] & (1UL << (int)(funcIndex & 63));
    }
}
