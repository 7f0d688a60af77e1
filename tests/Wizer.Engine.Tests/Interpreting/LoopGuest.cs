using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>A module under test in one of the engine's forms.</summary>
internal sealed class LoopGuest : IDisposable
{
    internal LoopGuest(EngineForm form, string wat, Action<Linker>? define = null, int stackSlotCount = 1 << 16, bool reserve = true)
    {
        Form = form;
        Store = new Store(form.Options(stackSlotCount, reserve));
        var linker = new Linker();
        define?.Invoke(linker);
        ModuleInfo module = ModuleReader.Parse(Wat.Compile(wat));
        ModuleValidator.Validate(module);
        Instance = linker.Instantiate(Store, module);
    }

    /// <summary>The parameter of theories.</summary>
    public static TheoryData<EngineForm> Loops => EngineForms.All;

    internal EngineForm Form { get; }

    internal Store Store { get; }

    internal Instance Instance { get; }

    internal static ulong Run(EngineForm form, string wat, params ulong[] arguments)
    {
        using var guest = new LoopGuest(form, wat);
        return guest.Call("f", arguments)[0];
    }

    internal ulong[] Call(string export, params ulong[] arguments) => Instance.Invoke(export, arguments);

    public void Dispose() => Store.Dispose();
}
