using System.Text;
using Wizer.Binary;
using Wizer.Text;

namespace Wizer.Engine.Tests.Runtime;

/// <summary>Modules for tests, from text to a validated <see cref="ModuleInfo"/>.</summary>
internal static class Guest
{
    internal static ModuleInfo Module(string wat)
    {
        ModuleInfo module = ModuleReader.Parse(WatParser.ToBinary(Encoding.UTF8.GetBytes(wat), "test.wat"));
        ModuleValidator.Validate(module);
        return module;
    }

    internal static Instance Instantiate(Store store, string wat, Linker? linker = null) =>
        (linker ?? new Linker()).Instantiate(store, Module(wat));
}
