using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Compiler.X64;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>What a profile names is compiled earlier, and does what it did.</summary>
public sealed class ProfiledRunTests
{
    // Of $busy and $cold, one is called a thousand times; $late traps when it is told to; $never is never called.
    private const string Source = """
        (module
          (memory 1)
          (func $busy (param i32) (result i32)
            (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (local.get 0)))
            (i32.mul (local.get 0) (i32.const 3)))
          (func $cold (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
          (func $never (param i32) (result i32) (i32.popcnt (local.get 0)))
          (func $late (param i32) (result i32)
            (block $caught
              (try_table (catch_all $caught) (drop (call $cold (local.get 0)))))
            (i32.div_u (i32.const 100) (local.get 0)))
          (func (export "f") (param i32) (result i32) (local i32 i32)
            (local.set 2 (call $cold (local.get 0)))
            (loop $l
              (local.set 2 (i32.add (local.get 2) (call $busy (local.get 1))))
              (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 3000))))
            (i32.add (local.get 2) (call $late (local.get 0)))))
        """;

    private static readonly ModuleInfo s_module = Runtime.Guest.Module(Source);

    private static readonly EngineOptions s_foreground = new() { CompilesInBackground = false };

    [Fact]
    public void Record_NamesWhatWasCalled_InOrder()
    {
        using var store = new Store(s_foreground);
        Instance instance = Instantiate(store);
        Assert.True(store.TryBeginProfile(instance));
        instance.Invoke("f", 5);
        Assert.Equal(ProfileFault.None, FunctionProfile.Read(store.WriteProfile(), s_module, out FunctionProfile? profile));
        Assert.Equal([4, 1, 0, 3], profile!.Functions);
        Assert.Equal([true, false, true, false], profile.AreHot);
    }

    // By heat, neither is compiled in so few calls.
    [Fact]
    public void BusyFunctions_AreCompiledAtTheirFirstCall()
    {
        using var store = new Store(s_foreground with { MachineThreshold = 1_000_000, TierThreshold = 1_000_000 });
        Instance instance = Instantiate(store);
        store.UseProfile(instance, Profile([4, 1, 0, 2], [false, true, true, true]));
        Assert.Equal(Expected(5), instance.Invoke("f", 5));
        Assert.Equal(MachineCode.IsSupported ? 2 : 0, store.ProfiledFunctionCount);
        Assert.Equal(MachineCode.IsSupported ? 2 : 0, store.CompiledMethodCount);
    }

    public static TheoryData<int[], bool[]> Profiles => new()
    {
        { [4, 1, 0, 3], [true, false, true, false] },
        { [3, 2, 1, 0, 4], [true, true, true, true, true] },
        { [4, 0, 3], [true, true, true] },
        { [], [] },
        { [2], [true] },
    };

    // On the other thread, whoever is first.
    [Theory]
    [MemberData(nameof(Profiles))]
    public void Results_AndTraps_AreTheSame(int[] functions, bool[] areHot)
    {
        string? expected = null;
        foreach (EngineOptions options in new EngineOptions[]
        {
            new() { Tier = TierMode.InterpreterOnly }, new(), new() { MachineThreshold = 0 }, s_foreground,
            new() { UsesMachineCode = false }, new() { Tier = TierMode.CompileEverything }, new() { UsePlainLoop = true },
        })
        {
            for (int i = 0; i < 20; i++)
            {
                using var store = new Store(options);
                Instance instance = Instantiate(store);
                store.UseProfile(instance, Profile(functions, areHot));
                if (i % 2 == 0)
                {
                    // Some of it is done by now, or all.
                    Thread.Sleep(i / 2);
                }

                Assert.Equal(Expected(7), instance.Invoke("f", 7));
                WasmTrapException trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("f", 0));
                string text = string.Join(' ', trap.Backtrace.Select(static frame => $"{frame.FuncIndex}@{frame.CodeOffset:x}"));
                expected ??= text;
                Assert.Equal(expected, text);
            }
        }
    }

    // Everything is named, in a module of many functions that are not called: no more than a part of them is made ahead.
    [Fact]
    public void HostileProfile_IsBounded()
    {
        string body = string.Concat(Enumerable.Repeat("(local.set 0 (i32.mul (i32.add (local.get 0) (i32.const 7)) (local.get 0)))", 2000));
        string functions = string.Concat(Enumerable.Repeat($"(func (param i32) {body})", 700));
        ModuleInfo module = Runtime.Guest.Module($"(module {functions} (func (export \"f\") (result i32) (i32.const 3)))");
        int[] all = [.. Enumerable.Range(0, module.Bodies.Length)];
        byte[] bytes = FunctionProfile.Write(module, all, [.. all.Select(static _ => true)]);
        Assert.Equal(ProfileFault.None, FunctionProfile.Read(bytes, module, out FunctionProfile? profile));
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, module);
        store.UseProfile(instance, profile!);
        Assert.Equal([3UL], instance.Invoke("f"));
        Assert.InRange(store.CompiledMethodCount, 0, AheadQueue.MaxByteLength / 20_000);
    }

    private static Instance Instantiate(Store store) => new Linker().Instantiate(store, s_module);

    private static ulong[] Expected(uint argument) => [(3UL * 2999 * 1500) + argument + 1 + (100 / argument)];

    private static FunctionProfile Profile(int[] functions, bool[] areHot)
    {
        FunctionProfile.Read(FunctionProfile.Write(s_module, functions, areHot), s_module, out FunctionProfile? profile);
        return profile!;
    }
}
