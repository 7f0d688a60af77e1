using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;
using Wizer.Engine.Symbols;
using Wizer.Engine.Tests.Symbols;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>
/// Samples of the stack: the guest asks for them itself, so that what is seen hangs on no clock. Each tier sees the frames of all others.
/// </summary>
public sealed unsafe class StackSampleTests
{
    // $ask calls the host, which asks for a sample; a loop long enough for the interpreter to poll follows. $wide has more locals than
    // machine code is made for, so that it is interpreted between two that are not.
    private static readonly string s_source = $$"""
        (module
          (import "host" "ask" (func $ask (param i32)))
          (func $leaf (param i32) (local i32)
            (call $ask (local.get 0))
            (loop $l
              (local.set 1 (i32.add (local.get 1) (i32.const 1)))
              (br_if $l (i32.lt_u (local.get 1) (i32.const 5000)))))
          (func $wide (param i32) (local {{string.Concat(Enumerable.Repeat("i32 ", 4500))}})
            (call $leaf (local.get 0)))
          (func $middle (param i32) (call $wide (local.get 0)))
          (func $recurse (param i32)
            (if (local.get 0)
              (then (call $recurse (i32.sub (local.get 0) (i32.const 1))))
              (else (call $leaf (i32.const 1)))))
          (func $same (param i32) (result i32) (local.get 0))
          (func (export "sum") (param f64 f64 i64 i32) (result f64) (local $i i32) (local $v v128)
            (local.set $v (f64x2.splat (local.get 1)))
            (call $ask (i32.const 1))
            (loop $l
              (local.set 0 (f64.add (local.get 0) (f64x2.extract_lane 1 (local.get $v))))
              (local.set 2 (i64.add (local.get 2) (i64.extend_i32_u (local.get 3))))
              (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3000))))
            (f64.add (local.get 0) (f64.convert_i64_u (local.get 2))))
          (func $grow (param i32 i32 i32) (result i32)
            (if (result i32) (local.get 0)
              (then (i32.add (i32.const 1) (i32.add
                (call $grow (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (local.get 2))
                (call $grow (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (local.get 2)))))
              (else (i32.add (i32.const 1) (local.get 2)))))
          (func (export "tree") (param i32 i32) (result i32)
            (call $ask (local.get 1))
            (call $grow (local.get 0) (i32.const 5) (i32.const 3)))
          (func (export "run") (param i32) (call $middle (local.get 0)))
          (func (export "deep") (param i32) (call $recurse (local.get 0))))
        """;

    private static readonly ModuleInfo s_module = Runtime.Guest.Module(s_source);

    public static TheoryData<EngineForm> Forms => EngineForms.All;

    [Theory]
    [MemberData(nameof(Forms))]
    public void Sample_HasAllFrames_OfWhateverTier(EngineForm form)
    {
        using Store store = CreateStore(form, out Instance instance);
        for (int i = 0; i < 20; i++)
        {
            instance.Invoke("run", 0);
        }

        instance.Invoke("run", 1);
        StackSamples samples = store.Samples!;
        Assert.Equal(["run", "middle", "wide", "leaf", "host.ask (host)"], Deepest(samples));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Sample_HasEachFrameOfARecursion(EngineForm form)
    {
        using Store store = CreateStore(form, out Instance instance);
        instance.Invoke("deep", 40);
        Assert.Equal(
            ["deep", .. Enumerable.Repeat("recurse", 41), "leaf", "host.ask (host)"], Deepest(store.Samples!));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Frames_FarOut_AreLeftOut(EngineForm form)
    {
        using Store store = CreateStore(form, out Instance instance);
        instance.Invoke("deep", 3000);
        Assert.Equal(500, Deepest(store.Samples!).Length);
    }

    // What a compiler has put into a function is there by its debug information: around a call, and where a loop polls.
    [Theory]
    [MemberData(nameof(Forms))]
    public void Functions_ThatACompilerHasInlined_AreTold(EngineForm form)
    {
        string[] inlined = ["a::b() (inlined)", "<function> (inlined)"];
        using Store store = CreateStore(form, out Instance instance, module: WithDebugInfo("middle", "leaf"));
        for (int i = 0; i < 20; i++)
        {
            instance.Invoke("run", 0);
        }

        instance.Invoke("run", 1);
        Assert.Equal(
            ["run", "middle", .. inlined, "wide", "leaf", .. inlined, "host.ask (host)"],
            Deepest(store.Samples!));
    }

    // Two places of a function that are in the same functions are no two.
    [Theory]
    [MemberData(nameof(Forms))]
    public void Places_InTheSameFunctions_AreNotToldApart(EngineForm form)
    {
        using Store store = CreateStore(form, out Instance instance, module: WithDebugInfo("grow"));
        instance.Invoke("tree", 12, 1);
        StackSamples samples = store.Samples!;
        Assert.All(
            samples.Samples.Zip(samples.Samples.Skip(1)), pair => Assert.NotEqual(pair.First.Functions, pair.Second.Functions));
        Assert.Equal(samples.Functions.Distinct(), samples.Functions);
    }

    // Whatever is in registers where machine code polls is there afterwards.
    [Theory]
    [MemberData(nameof(Forms))]
    public void Results_AreTheSame(EngineForm form)
    {
        using Store store = CreateStore(form, out Instance instance);
        for (int i = 0; i < 5; i++)
        {
            ulong[] results = instance.Invoke(
                "sum", BitConverter.DoubleToUInt64Bits(0.5), BitConverter.DoubleToUInt64Bits(0.25), 7, 3);
            Assert.Equal(0.5 + (3000 * 0.25) + 7 + (3000 * 3), BitConverter.UInt64BitsToDouble(results[0]));
        }

        Assert.Contains("host.ask (host)", Deepest(store.Samples!));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Interrupt_EndsTheGuest(EngineForm form)
    {
        using var interrupt = new CancellationTokenSource();
        using Store store = CreateStore(form, out Instance instance, () => interrupt.Cancel(), interrupt.Token);
        Assert.Throws<OperationCanceledException>(() => instance.Invoke("run", 1));
    }

    // Where a function starts, too, and with what it has in registers then.
    [Theory]
    [MemberData(nameof(Forms))]
    public void Functions_WithoutLoops_AreSeen(EngineForm form)
    {
        using Store store = CreateStore(form, out Instance instance);
        instance.Invoke("tree", 12, 0);
        Assert.Equal([(1UL << 13) - 1 + (3 * 4096)], instance.Invoke("tree", 12, 1));
        Assert.Contains("grow", Deepest(store.Samples!));
    }

    // By the clock: as much as there is, however little that is.
    [Fact]
    public void Samples_AddUp()
    {
        using var store = new Store(new EngineOptions { SampleInterval = TimeSpan.FromMilliseconds(1) });
        Instance instance = Instantiate(store, () => { }, s_module);
        for (int i = 0; i < 2000; i++)
        {
            instance.Invoke("run", 0);
        }

        StackSamples samples = store.Samples!;
        Assert.Contains(samples.Functions, name => name == "run");
        Assert.All(samples.Samples, sample => Assert.True(sample.Time >= TimeSpan.Zero));
        Assert.All(samples.Samples, sample => Assert.Equal("run", samples.Functions[sample.Functions[0]]));
    }

    [Fact]
    public void Samples_AreThere_OnlyForWhoAsked()
    {
        using var store = new Store();
        Assert.Null(store.Samples);
        Assert.True(store.Context->SampleEntry == 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Store(new EngineOptions { SampleInterval = TimeSpan.FromTicks(1) }));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(10_000, 1, 1)]
    [InlineData(200_000, 1, 8)]
    [InlineData(200_000, 20, 20)]
    [InlineData(ulong.MaxValue, 1, 80)]
    public void GuestRunsFortyTimesAsLongAsASample(ulong cost, int interval, int pause) =>
        Assert.Equal(pause, StackSampler.PauseAfter(cost, interval));

    private static string[] Deepest(StackSamples samples) =>
        [.. samples.Samples.MaxBy(sample => sample.Functions.Count)!.Functions.Select(function => samples.Functions[function])];

    // Into the functions of these names, `a::b` was put, and into that one without a name.
    private static ModuleInfo WithDebugInfo(params string[] names)
    {
        int code = Array.Find(s_module.Sections, section => section.Id == SectionId.Code).Contents.Offset;
        NameSection found = NameSection.Read(s_module);
        var dwarf = new DwarfBuilder();
        dwarf.Begin(
            DwarfProgram.CompileUnit,
            (DwarfAttribute.LowPc, DwarfForm.Addr, 0UL),
            (DwarfAttribute.HighPc, DwarfForm.Data4, (ulong)s_module.Bytes.Length));
        for (uint i = 1; i <= s_module.Bodies.Length; i++)
        {
            if (names.Contains(found.FindFunc(i)))
            {
                ByteRange body = s_module.BodyOf(i);
                (DwarfAttribute, DwarfForm, object)[] range = DebugInfoTests.Range((ulong)(body.Offset - code), (ulong)body.Length);
                dwarf.Begin(DwarfProgram.Subprogram, range);
                dwarf.Begin(DwarfProgram.Inlined, [DebugInfoTests.Named("_ZN1a1bEv"), .. range]);
                dwarf.Leaf(DwarfProgram.Inlined, range);
                dwarf.End();
                dwarf.End();
            }
        }

        dwarf.End();
        dwarf.EndUnit();
        byte[] bytes = [.. s_module.Bytes.ToArray(), .. DwarfBuilder.CustomSections(dwarf.Sections())];
        return ModuleReader.Parse(bytes);
    }

    private static Store CreateStore(
        EngineForm form, out Instance instance, Action? asked = null, CancellationToken interrupt = default, ModuleInfo? module = null)
    {
        // No clock asks in that time.
        var store = new Store(form.Options() with { SampleInterval = TimeSpan.FromDays(1) }, interrupt);
        Assert.Equal(
            form is EngineForm.Machine or EngineForm.MachineReplaced && MachineCode.IsSupported, store.Context->SampleEntry != 0);
        instance = Instantiate(store, asked ?? (() => GuestContext.RequestSample(store.Context)), module ?? s_module);
        return store;
    }

    private static Instance Instantiate(Store store, Action asked, ModuleInfo module)
    {
        var linker = new Linker();
        linker.DefineFunction("host", "ask", new FuncType([ValType.I32], []), (_, slots) =>
        {
            if (slots[0] != 0)
            {
                asked();
            }
        });
        return linker.Instantiate(store, module);
    }
}
