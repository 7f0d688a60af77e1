using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>A module under test in one of the two loops.</summary>
internal sealed class LoopGuest : IDisposable
{
    internal LoopGuest(bool plain, string wat, Action<Linker>? define = null, int stackSlotCount = 1 << 16)
    {
        Store = new Store(new EngineOptions { UsePlainLoop = plain, StackByteLength = (ulong)stackSlotCount * sizeof(ulong) });
        var linker = new Linker();
        define?.Invoke(linker);
        ModuleInfo module = ModuleReader.Parse(Wat.Compile(wat));
        ModuleValidator.Validate(module);
        Instance = linker.Instantiate(Store, module);
    }

    /// <summary>The parameter of theories: the threaded loop, the plain one.</summary>
    public static TheoryData<bool> Loops => new(false, true);

    internal Store Store { get; }

    internal Instance Instance { get; }

    internal static ulong Run(bool plain, string wat, params ulong[] arguments)
    {
        using var guest = new LoopGuest(plain, wat);
        return guest.Call("f", arguments)[0];
    }

    internal ulong[] Call(string export, params ulong[] arguments) => Instance.Invoke(export, arguments);

    public void Dispose() => Store.Dispose();
}
