using Wizer.Binary;

namespace Wizer.Engine;

/// <summary>Something a module imports or exports: a function, table, memory, global or tag of a store.</summary>
public abstract class Extern
{
    private protected Extern(Store store) => Store = store;

    /// <summary>Where it lives; it is gone once the store is disposed.</summary>
    public Store Store { get; }

    /// <summary>Which of them it is.</summary>
    public abstract ExternKind Kind { get; }
}
