using System.Globalization;
using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.Pipeline;

namespace Wizer.SpecTests;

/// <summary>
/// Puts an instance of its own snapshot into the place of a component instance, so that a script goes on with that one; see
/// <see cref="SnapshotSubstitution"/>.
/// </summary>
/// <param name="store">That of the script.</param>
/// <param name="linker">What its components import.</param>
internal sealed class ComponentSubstitution(Store store, ComponentLinker linker)
{
    private static readonly WizerOptions s_options = new() { KeepInitFunc = true };

    /// <summary>How many instances were replaced.</summary>
    internal int Count { get; private set; }

    /// <summary>How many could not be, by the reason.</summary>
    internal SortedDictionary<string, int> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Replaces an instance.</summary>
    /// <param name="instance">Which one.</param>
    /// <param name="difference">In what the two are not the same, or null.</param>
    /// <returns>The one to go on with.</returns>
    internal ComponentInstance Replace(ComponentInstance instance, out string? difference)
    {
        difference = null;
        if (FindObstacle(instance) is { } obstacle)
        {
            return Refuse(instance, obstacle);
        }

        byte[] output;
        try
        {
            output = Take(instance);
        }
        catch (WizerException error) when (error.Error == WizerError.UnsupportedModule)
        {
            return Refuse(instance, error.Message);
        }

        ComponentInfo component = ComponentReader.Parse(output);
        ComponentInstance next = linker.Instantiate(store, CompiledComponent.Compile(component, ComponentValidator.Validate(component)));
        string before = Dump(instance);
        string after = Dump(next);
        difference = before == after ? null : $"the snapshot has another state:\n{after}\nand not\n{before}";
        Count++;
        return next;
    }

    // What is no state of a core module.
    private static string? FindObstacle(ComponentInstance instance)
    {
        if (Array.Exists(instance.States, static state => state.IsPoisoned))
        {
            return "an instance has trapped";
        }

        return Array.Exists(new ComponentHandles(instance).Report(static _ => false), static report => report.Fate == HandleFate.Lost)
            ? "handles of resources are open"
            : null;
    }

    private ComponentInstance Refuse(ComponentInstance instance, string reason)
    {
        Refused[reason] = Refused.GetValueOrDefault(reason) + 1;
        return instance;
    }

    private static byte[] Take(ComponentInstance instance)
    {
        ComponentContext context = ComponentCheck.Check(instance.Component);
        using ComponentSnapshot snapshot = ComponentSnapshot.Take(context, instance, s_options);
        using var rewriter = new ComponentRewriter(context, s_options);
        var stage = new ComponentStage(context);
        stage.Add(snapshot, rewriter);
        stage.Append(snapshot, rewriter);
        return [.. rewriter.Finish().SelectMany(static slice => slice.ToArray())];
    }

    /// <summary>The state of all core instances, as far as it is the same in another instance of the component.</summary>
    private static unsafe string Dump(ComponentInstance instance)
    {
        var text = new StringBuilder();
        foreach (Instance core in instance.CoreInstances)
        {
            ModuleInfo module = core.Module;
            if (NameSection.Read(module).Module == RestoreModule.Name)
            {
                // It has nothing of its own.
                continue;
            }

            for (uint i = 0; i < module.Globals.Length; i++)
            {
                Global global = core.GlobalAt(i);
                text.Append(CultureInfo.InvariantCulture, $"global {i}: ");
                text.Append(global.Type.Value.IsRef ? global.Value == 0 ? "null" : "a reference" : $"{global.Value:x} {global.High:x}").Append('\n');
            }

            for (uint i = 0; i < module.Tables.Length; i++)
            {
                Table table = core.TableAt(i);
                text.Append(CultureInfo.InvariantCulture, $"table {i}: ");
                for (ulong element = 0; element < table.Length; element++)
                {
                    text.Append(table[element] == 0 ? '0' : '1');
                }

                text.Append('\n');
            }

            for (uint i = 0; i < module.Memories.Length; i++)
            {
                var bytes = new ReadOnlySpan<byte>(core.MemoryAt(i).Data->Base, checked((int)core.MemoryAt(i).Data->ByteLength));
                text.Append(CultureInfo.InvariantCulture, $"memory {i}: {bytes.Length} {Convert.ToHexString(bytes.TrimEnd((byte)0))}\n");
            }
        }

        return text.ToString();
    }
}
