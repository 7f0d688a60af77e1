using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>What loops refer to: the objects and functions, and where they have them from.</summary>
/// <param name="graph">All objects.</param>
/// <param name="isMade">Those that code makes.</param>
/// <param name="plan">In which order.</param>
/// <param name="references">Tells references apart.</param>
/// <param name="homes">Finds what constant expressions made.</param>
/// <param name="placeholders">Writes what stands for objects that are not there yet.</param>
/// <param name="helpers">Gets the globals that have those.</param>
/// <param name="types">Gets the types.</param>
/// <param name="bodies">Gets the code before the loops.</param>
internal sealed class LoaderObjects(
    ObjectGraph graph,
    bool[] isMade,
    RestorePlan plan,
    References references,
    HomeGlobals homes,
    Placeholders placeholders,
    HelperGlobals helpers,
    AddedTypes types,
    RestoreBodies bodies)
{
    internal ObjectGraph Graph => graph;

    internal References References => references;

    internal HomeGlobals Homes => homes;

    /// <summary>Where the objects are.</summary>
    internal ObjectRegistry Registry { get; } = new(graph.Count, types, helpers);

    /// <summary>The functions.</summary>
    internal FuncList Funcs { get; } = new(references, types, helpers);

    /// <summary>Whether an object is there when another one is made.</summary>
    internal bool IsThere(int node, int other) => !isMade[node] || plan.IsBefore(node, other);

    /// <summary>Makes something that stands for objects that are not there yet.</summary>
    /// <param name="node">An object that it stands in.</param>
    /// <param name="item">Where in it.</param>
    /// <param name="type">What it has to be.</param>
    /// <returns>The global that refers to it.</returns>
    internal uint AddPlaceholder(int node, int item, ValType type)
    {
        uint global = helpers.Take(type);
        placeholders.Write(type, bodies.Code, () => graph.PlaceOf(node).Item(graph.ShapeOf(node), item));
        bodies.Code.Write(Opcode.GlobalSet, global);
        bodies.EndStatement();
        return global;
    }
}
