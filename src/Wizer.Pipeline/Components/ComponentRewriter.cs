using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Pipeline;

/// <summary>
/// Puts the component together whose instances start in the state of snapshots: one for each core instance, whose module is rewritten
/// where it is defined, or copied if another instance has it there. All else stays byte for byte, but for indices behind an export that
/// goes or a copy that comes in.
/// </summary>
/// <param name="context">The component.</param>
/// <param name="options">How its modules are laid out.</param>
internal sealed class ComponentRewriter(ComponentContext context, WizerOptions options) : IDisposable
{
    private static readonly RenameTable s_noRenames = RenameTable.Create([]);

    private readonly ComponentCopies _copies = context.TakeCopies();
    private readonly List<ModuleAssembler> _assemblers = [];

    // The component may alias every export of a core module.
    private readonly WizerOptions _moduleOptions = options with { KeepInitFunc = true };

    /// <summary>Writes the module of a core instance with its state.</summary>
    /// <param name="instance">The number of its module in <see cref="ComponentContext.Modules"/>.</param>
    /// <param name="snapshot">Its state; to be kept until the component has been written out.</param>
    /// <returns>What became of the module.</returns>
    /// <exception cref="WizerException">The module would be too large.</exception>
    internal SnapshotReport Add(int instance, SnapshotData snapshot)
    {
        ModuleContext module = context.Modules[instance];
        var assembler = new ModuleAssembler(module.Module.Bytes);
        _assemblers.Add(assembler);
        long codeMove = ModuleRewriter.Write(module, snapshot, s_noRenames, _moduleOptions, assembler);
        ModuleSlices slices = assembler.Finish();
        OutlineCheck.Check(slices);
        if (slices.ByteLength > uint.MaxValue)
        {
            Throw.SectionTooLarge("core module", (ulong)slices.ByteLength);
        }

        _copies.Replace(instance, slices);
        return ReportBuilder.Report(module, snapshot, options, slices.ByteLength, codeMove);
    }

    /// <summary>Lets a core instance begin as it did.</summary>
    /// <param name="instance">The number of its module in <see cref="ComponentContext.Modules"/>.</param>
    internal void Keep(int instance) => _copies.Keep(instance);

    /// <summary>What an instance of a component is one of in the new component.</summary>
    internal ComponentPlan PlanOf(int state) => _copies.PlanOf(state);

    /// <summary>
    /// Leaves out an export of the component, if it is there; what comes behind it follows, in the <c>component-name</c> section too.
    /// </summary>
    internal void RemoveExport(string name)
    {
        foreach (Definition definition in context.Component.Definitions)
        {
            if (definition is ExportDefinition export && context.Component.NameAt(export.Name.Name) == name)
            {
                _copies.Root.Remove(export);
            }
        }
    }

    /// <summary>The component. Good until this object is disposed, and as long as the input and the snapshots are.</summary>
    /// <exception cref="WizerException">It would be too large.</exception>
    internal ModuleSlices Finish()
    {
        try
        {
            var slices = new ModuleSlices();
            foreach (ReadOnlyMemory<byte> piece in ComponentWriter.Write(_copies.Root))
            {
                slices.Add(piece);
            }

            return slices;
        }
        catch (OverflowException)
        {
            // Nested components, whose modules are none by themselves.
            Throw.Unsupported("a nested component would take more than the 4294967295 bytes of the binary format");
            throw;
        }
    }

    public void Dispose()
    {
        foreach (ModuleAssembler assembler in _assemblers)
        {
            assembler.Dispose();
        }
    }
}
