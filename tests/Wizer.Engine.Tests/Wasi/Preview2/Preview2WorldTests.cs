using Wizer.Engine.Components;
using Wizer.Engine.Tests.Components;
using Xunit;

namespace Wizer.Engine.Tests.Wasi.Preview2;

/// <summary>What components may import of WASI 0.2, under which names and types.</summary>
public sealed class Preview2WorldTests
{
    // Of the interfaces that initializations need; and of those that exist.
    private static readonly (string Interface, int Count)[] s_functionCounts =
    [
        ("wasi:cli/environment", 3), ("wasi:cli/exit", 2), ("wasi:cli/stderr", 1), ("wasi:cli/stdin", 1), ("wasi:cli/stdout", 1),
        ("wasi:cli/terminal-stderr", 1), ("wasi:cli/terminal-stdin", 1), ("wasi:cli/terminal-stdout", 1),
        ("wasi:clocks/monotonic-clock", 4), ("wasi:clocks/timezone", 2), ("wasi:clocks/wall-clock", 2),
        ("wasi:filesystem/preopens", 1), ("wasi:filesystem/types", 29), ("wasi:http/outgoing-handler", 1), ("wasi:http/types", 52),
        ("wasi:io/error", 1), ("wasi:io/poll", 3), ("wasi:io/streams", 15),
        ("wasi:random/insecure", 2), ("wasi:random/insecure-seed", 1), ("wasi:random/random", 2),
        ("wasi:sockets/instance-network", 1), ("wasi:sockets/ip-name-lookup", 3), ("wasi:sockets/network", 1),
        ("wasi:sockets/tcp", 28), ("wasi:sockets/tcp-create-socket", 1), ("wasi:sockets/udp", 18), ("wasi:sockets/udp-create-socket", 1),
    ];

    [Fact]
    public void Functions_AreThoseOfTheInterfaces()
    {
        using var wasi = new WasiPreview2(new WasiOptions());
        Assert.Equal(
            s_functionCounts,
            wasi.Functions.GroupBy(function => function.Interface).Select(group => (group.Key, group.Count())).OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(71, Preview2World.Functions().Count(function => function.Answer == "host" && !function.Interface.StartsWith("wasi:sockets/", StringComparison.Ordinal)));
    }

    // Each has the type that it is imported with, and none is missing: nothing here traps or is left out.
    [Theory]
    [InlineData("0.2.0")]
    [InlineData("0.2.12")]
    [InlineData("0.2.7+build")]
    public void EverythingCanBeImported_WithACompatibleVersion(string version)
    {
        using var guest = new ComponentGuest();
        using var wasi = new WasiPreview2(new WasiOptions());
        wasi.DefineIn(guest.Linker);
        guest.Instantiate(Preview2World.Write(version));
    }

    [Theory]
    [InlineData("0.3.0")]
    [InlineData("0.1.0")]
    [InlineData("1.2.0")]
    [InlineData("0.2.0-rc-2023-12-05")]
    public void NothingCanBeImported_WithAnotherVersion(string version)
    {
        using var guest = new ComponentGuest();
        using var wasi = new WasiPreview2(new WasiOptions());
        wasi.DefineIn(guest.Linker);
        WasmLinkException error = Assert.Throws<WasmLinkException>(
            () => guest.Instantiate(Preview2World.Write(version, "wasi:random/random")));
        Assert.Equal(
            $"component imports 2 items that nobody provides: function `wasi:random/random@{version}`, `get-random-bytes`, "
            + $"function `wasi:random/random@{version}`, `get-random-u64`",
            error.Message);
    }

    [Fact]
    public void AFunctionWithAnotherType_IsNotThere()
    {
        const string Fields = """
            (import "wasi:random/random@0.2.0" (instance $r (export "get-random-u64" (func (result u32)))))
            (core func $f (canon lower (func $r "get-random-u64")))
            (core module $m (import "" "f" (func $f (result i32))) (func (export "run") (drop (call $f))))
            (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
            (func (export "run") (canon lift (core func $i "run")))
            """;
        using var guest = new ComponentGuest();
        using var wasi = new WasiPreview2(new WasiOptions());
        wasi.DefineIn(guest.Linker);
        const string Message =
            "component imports function `wasi:random/random@0.2.0`, `get-random-u64` with another type than it has: `func() -> u64`";
        Assert.Equal(Message, Assert.Throws<WasmLinkException>(() => guest.Instantiate(Fields)).Message);
        guest.Linker.UnknownImportsTrap = true;
        ComponentInstance instance = guest.Instantiate(Fields);
        Assert.Equal(Message, Assert.Throws<WasmTrapException>(() => instance.Invoke("run")).Message);
    }

    [Fact]
    public void ResourceTypes_AreTheSameInAllVersions_AndHaveTheNamesOfTheirInterfaces()
    {
        using var guest = new ComponentGuest();
        using var wasi = new WasiPreview2(new WasiOptions());
        wasi.DefineIn(guest.Linker);
        ComponentInstance instance = guest.Instantiate("""
            (import "wasi:io/streams@0.2.0" (instance (export "output-stream" (type (sub resource)))))
            (import "wasi:io/streams@0.2.6" (instance (export "output-stream" (type (sub resource)))))
            (import "wasi:filesystem/types@0.2.6" (instance (export "descriptor" (type (sub resource)))))
            """);
        Assert.Equal(
            ["wasi:io/streams.output-stream", "wasi:io/streams.output-stream", "wasi:filesystem/types.descriptor"],
            instance.ResourceTypes.Select(type => type.Name));
        Assert.Same(instance.ResourceTypes[0], instance.ResourceTypes[1]);
    }

    [Fact]
    public void TheLatestOfSeveralVersions_IsTaken_AndTheExactOneBeforeIt()
    {
        using var guest = new ComponentGuest();
        foreach (string version in new[] { "1.2.0", "1.4.1", "1.3.9", "2.0.0", "1.4.1-rc" })
        {
            guest.Linker.DefineFunction($"a:b/c@{version}", "which", (_, _) => ComponentValue.Of(version));
        }

        Assert.Equal("1.4.1", Which("1.9.0"));
        Assert.Equal("1.4.1", Which("1.0.0"));
        Assert.Equal("1.3.9", Which("1.3.9"));
        Assert.Equal("2.0.0", Which("2.7.0"));
        Assert.Equal("1.4.1-rc", Which("1.4.1-rc"));
        Assert.Throws<WasmLinkException>(() => Which("3.0.0"));
        Assert.Throws<WasmLinkException>(() => Which("1.5.0-rc"));

        string Which(string version)
        {
            ComponentInstance instance = guest.Instantiate($$"""
                (import "a:b/c@{{version}}" (instance $i (export "which" (func (result string)))))
                (export "which" (func $i "which"))
                """);
            return instance.Invoke("which")!.Value.AsString;
        }
    }
}
