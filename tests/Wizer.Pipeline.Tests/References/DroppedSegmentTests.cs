using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>A passive segment that a run dropped is an empty one in the new module; one that it did not drop is as it was.</summary>
public class DroppedSegmentTests
{
    private const string Fields = """
        (memory 1) (table $t 4 4 funcref)
        (type $fs (array (mut funcref))) (type $f (func (result i32)))
        (data $active (i32.const 0) "aa") (data $gone "bbb") (data $kept "cccc") (data $empty "")
        (elem $first (table $t) (i32.const 0) func $one)
        (elem $indices func $one $two)
        (elem $expressions funcref (ref.func $three) (ref.null func))
        (elem $typed (ref $f) (ref.func $two))
        (elem $declared declare func $one)
        (func $one (type $f) (i32.const 1)) (func $two (type $f) (i32.const 2)) (func $three (type $f) (i32.const 3))
        (func (export "data.1") (param i32) (memory.init $gone (i32.const 9) (i32.const 0) (local.get 0)))
        (func (export "data.2") (param i32) (memory.init $kept (i32.const 9) (i32.const 0) (local.get 0)))
        (func (export "elem.1") (param i32) (table.init $t $indices (i32.const 1) (i32.const 0) (local.get 0)))
        (func (export "elem.2") (param i32) (table.init $t $expressions (i32.const 1) (i32.const 0) (local.get 0)))
        (func (export "elem.3") (param i32) (table.init $t $typed (i32.const 1) (i32.const 0) (local.get 0)))
        (func (export "new.1") (param i32) (drop (array.new_elem $fs $indices (i32.const 0) (local.get 0))))
        (func (export "again")
          (data.drop $active) (data.drop $gone) (data.drop $empty)
          (elem.drop $first) (elem.drop $indices) (elem.drop $expressions) (elem.drop $typed) (elem.drop $declared))
        """;

    private static readonly string[] s_users = ["data.1", "data.2", "elem.1", "elem.2", "elem.3", "new.1"];

    [Theory]
    [InlineData("")]
    [InlineData("(data.drop $gone)")]
    [InlineData("(data.drop $active) (data.drop $empty) (elem.drop $first) (elem.drop $declared)")]
    [InlineData("(elem.drop $indices)")]
    [InlineData("(elem.drop $expressions)")]
    [InlineData("(elem.drop $typed) (data.drop $gone)")]
    [InlineData("(elem.drop $indices) (elem.drop $expressions) (elem.drop $typed) (data.drop $gone) (data.drop $kept)")]
    public void NewModule_HasWhatIsLeftOfSegments(string instructions)
    {
        byte[] module = Modules.Compile($"(module {Fields} (func (export \"wizer-initialize\") {instructions}))");
        byte[] output = new PreInitializer().Run(module);
        Assert.Equal(Modules.Section(module, SectionId.Code), Modules.Section(output, SectionId.Code));

        // What each use of a segment comes to, once with nothing of it and once with one byte or element.
        Assert.Equal(Outcomes(module, isInitialized: false), Outcomes(output, isInitialized: true));

        // And once more, from what came out.
        byte[] again = new PreInitializer(new WizerOptions { InitFunc = "again" }).Run(output);
        foreach (string user in s_users.Where(user => user != "data.2" || instructions.Contains("$kept", StringComparison.Ordinal)))
        {
            Assert.StartsWith("out of bounds", Call(again, user, 1, isInitialized: true), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ElementSection_StaysAsItWas_UnlessASegmentIsDropped()
    {
        byte[] module = Modules.Compile($"(module {Fields} (func (export \"wizer-initialize\") (data.drop $gone)))");
        Assert.Equal(Modules.Section(module, SectionId.Element), Modules.Section(new PreInitializer().Run(module), SectionId.Element));
    }

    [Fact]
    public void DroppedSegment_KeepsItsType()
    {
        byte[] module = Modules.Compile(
            $"(module {Fields} (func (export \"wizer-initialize\") (elem.drop $indices) (elem.drop $expressions) (elem.drop $typed)))");
        ModuleInfo input = ModuleReader.Parse(module);
        ModuleInfo output = ModuleReader.Parse(new PreInitializer().Run(module));
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal(SegmentMode.Passive, output.ElementSegments[i].Mode);
            Assert.Equal(input.ElementSegments[i].Type, output.ElementSegments[i].Type);
            Assert.Equal(0, output.ElementSegments[i].Count);
        }
    }

    [Fact]
    public void Run_AcceptsWhatThreadsDoToStart()
    {
        // As linkers write it: a start function fills a shared memory from passive segments, once, and drops what no thread needs.
        byte[] module = Modules.Compile("""
            (module (memory 2 2 shared) (global $tls (mut i32) (i32.const 0))
              (data $tdata "\2a") (data $data "\07")
              (func $init_memory
                (block $done
                  (block $wait
                    (br_table $wait $done $done (i32.atomic.rmw.cmpxchg (i32.const 4096) (i32.const 0) (i32.const 1))))
                  (memory.init $tdata (i32.const 1024) (i32.const 0) (i32.const 1))
                  (global.set $tls (i32.const 1024))
                  (memory.init $data (i32.const 2048) (i32.const 0) (i32.const 1))
                  (memory.fill (i32.const 3000) (i32.const 0) (i32.const 100))
                  (i32.atomic.store (i32.const 4096) (i32.const 2))
                  (drop (memory.atomic.notify (i32.const 4096) (i32.const -1))))
                (data.drop $data))
              (start $init_memory)
              (func (export "init_tls") (param i32) (global.set $tls (local.get 0))
                (memory.init $tdata (local.get 0) (i32.const 0) (i32.const 1)))
              (func (export "wizer-initialize")
                (i32.store8 (global.get $tls) (i32.add (i32.load8_u (global.get $tls)) (i32.const 1)))
                (i32.store (i32.const 2048) (i32.const 70)))
              (func (export "get") (result i32)
                (i32.add (i32.load8_u (global.get $tls)) (i32.load (i32.const 2048)))))
            """);
        byte[] output = new PreInitializer().Run(module);
        ModuleInfo info = ModuleReader.Parse(output);
        Assert.Null(info.StartFunc);
        Assert.Equal(1, info.DataSegments[0].Data.Length);
        Assert.Equal(0, info.DataSegments[1].Data.Length);
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, info);
        Assert.Equal([43 + 70], instance.Invoke("get"));

        // The next thread's variables begin as they always did.
        instance.Invoke("init_tls", 5000);
        Assert.Equal([42 + 70], instance.Invoke("get"));
    }

    private static List<string> Outcomes(byte[] module, bool isInitialized) =>
        [.. from user in s_users from count in new[] { 0u, 1u } select $"{user} {count}: {Call(module, user, count, isInitialized)}"];

    private static string Call(byte[] module, string user, uint count, bool isInitialized)
    {
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, ModuleReader.Parse(module));
        if (!isInitialized)
        {
            instance.Invoke("wizer-initialize");
        }

        try
        {
            instance.Invoke(user, count);
            return "works";
        }
        catch (WasmTrapException trap)
        {
            return trap.Message;
        }
    }
}
