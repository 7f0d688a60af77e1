using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;

namespace Wizer.Pipeline;

/// <summary>
/// Tables and segments of an instance in another engine. They are put into an instance of ours that never runs, so that the rules are
/// those of our own runs.
/// </summary>
/// <param name="state">What the other engine shows.</param>
internal sealed unsafe class ForeignReferences(IReferenceState state) : IReferenceReader
{
    /// <summary>What shows them, where they are to be shown.</summary>
    /// <exception cref="WizerException">They are, and the state does not.</exception>
    internal static ForeignReferences? Find(ModuleContext context, object state)
    {
        if (!context.ShowsTables)
        {
            return null;
        }

        if (state is not IReferenceState references)
        {
            Throw.StateMismatch("the module was instrumented to show tables, and its state does not show any");
            return null;
        }

        return new ForeignReferences(references);
    }

    public ReferenceChanges ReadReferences(ModuleContext context, int keptDataCount, LoaderLimits? limits)
    {
        ModuleInfo module = context.Module;
        using var store = new Store();
        var linker = new Linker { UnknownFunctionsTrap = true };
        if (ModuleContext.ImportsState(module))
        {
            new FreshImports(store, module).DefineIn(linker);
        }

        Instance instance = store.Prepare(module, linker.Resolve(store, module));
        var types = new ModuleTypes(instance);
        for (int i = 0; i < module.Tables.Length; i++)
        {
            Copy(i, instance, types);
        }

        Drop(context, instance);
        return ReferenceSnapshot.Take(context, instance, keptDataCount, limits);
    }

    private void Copy(int index, Instance instance, ModuleTypes types)
    {
        string name = ModuleContext.TableExportName(index);
        ulong length = state.GetTableLength(name);
        Table table = instance.TableAt((uint)index);
        if (length < table.Length || length > (table.Type.Limits.Maximum ?? ulong.MaxValue))
        {
            Throw.StateMismatch($"`{name}` has {length} elements, which its type does not allow");
        }

        if (table.Grow(length - table.Length) < 0)
        {
            Throw.TableTooLarge((uint)index, length);
        }

        ValType element = instance.Module.Tables[index].Type.Element;
        for (ulong i = 0; i < length; i++)
        {
            uint? func = state.GetFuncIndex(name, i);
            bool fits = func is { } known
                ? known < (uint)instance.Module.FuncTypeIndices.Length && types.Matches(types.TypeOfFunc(known), element)
                : element.IsNullable;
            if (!fits)
            {
                Throw.StateMismatch($"element {i} of `{name}` is no {element}");
            }

            table[i] = func is { } funcIndex ? (ulong)instance.Data->Funcs[funcIndex] : 0;
        }
    }

    private void Drop(ModuleContext context, Instance instance)
    {
        ModuleInfo module = context.Module;
        for (int i = 0; i < module.DataSegments.Length && context.Validation.Uses(Opcode.DataDrop); i++)
        {
            if (module.DataSegments[i].Mode == SegmentMode.Passive && state.IsDataSegmentDropped(i))
            {
                instance.Data->DataSegments[i].ByteLength = 0;
            }
        }

        for (int i = 0; i < module.ElementSegments.Length && context.Validation.Uses(Opcode.ElemDrop); i++)
        {
            if (module.ElementSegments[i].Mode == SegmentMode.Passive && state.IsElementSegmentDropped(i))
            {
                instance.Data->ElementSegments[i].Length = 0;
            }
        }
    }
}
