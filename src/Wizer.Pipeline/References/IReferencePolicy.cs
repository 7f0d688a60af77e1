using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Says what an object is made with that refers to others.</summary>
internal interface IReferencePolicy
{
    /// <summary>Whether an object is made where it is needed to make another one.</summary>
    /// <param name="node">The other one.</param>
    /// <param name="item">Where in it.</param>
    /// <param name="child">The object.</param>
    bool Nests(int node, int item, int child);

    /// <summary>Writes what stands in an object in the place of a reference, if nothing is made there.</summary>
    void WriteItem(int node, int item, ValType type);

    /// <summary>Says that the elements of an array are to be set.</summary>
    void Fill(int node);
}
