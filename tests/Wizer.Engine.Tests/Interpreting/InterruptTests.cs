using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>Whatever a guest does, it can be stopped.</summary>
public sealed class InterruptTests
{
    private static readonly string[] s_bodies =
    [
        "(loop (br 0))",
        "(loop (br_if 0 (i32.const 1)))",
        "(loop (br_if 0 (i32.lt_s (local.tee 0 (i32.add (local.get 0) (i32.const 2))) (i32.const 1))) (br 0))",
        "(loop (br_table 0 0 (i32.const 5)))",
        "(loop (br_if 0 (i64.eqz (i64.const 0))))",
        "(loop (call $nothing) (br 0))",
        "(return_call $f (i32.const 1))",
        "(return_call_ref $i32 (i32.const 1) (ref.func $f))",
        "(return_call_indirect (type $i32) (i32.const 1) (i32.const 0))",
        "(loop (br_table 0 0 (i32.load (i32.const 0))))",
        "(loop (br_on_null 0 (ref.null func)) (drop))",
        "(loop (br_if 0 (ref.is_null (global.get $null))))",
        "(loop (try_table (catch_all 0) (throw $thrown)))",
        "(loop (try (do (throw $thrown)) (catch_all (br 1))))",
        "(ref.null any) (loop (param anyref) (br_on_cast_fail 0 anyref (ref i31)) (drop))",
        "(loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x10000000)) (br 0))",
        "(loop (memory.copy (i32.const 0) (i32.const 1) (i32.const 0xfffffff)) (br 0))",
    ];

    public static TheoryData<EngineForm, string> Endless
    {
        get
        {
            var data = new TheoryData<EngineForm, string>();
            foreach (string body in s_bodies)
            {
                foreach (EngineForm form in Enum.GetValues<EngineForm>())
                {
                    data.Add(form, body);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public void EndlessGuest_IsInterrupted(EngineForm form, string body)
    {
        ModuleInfo module = ModuleReader.Parse(Wat.Compile(
            $"""
            (module
              (memory 4096)
              (tag $thrown)
              (global $null (mut funcref) (ref.null func))
              (type $i32 (func (param i32)))
              (table funcref (elem $f))
              (func $nothing)
              (func $f (export "f") (type $i32) {body}))
            """));
        using var interrupt = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        using var store = new Store(form.Options(), interrupt.Token);
        Instance instance = store.Instantiate(module);
        Assert.ThrowsAny<OperationCanceledException>(() => instance.Invoke("f", 0));
    }

    [Fact]
    public unsafe void Translation_IsInterrupted()
    {
        ModuleInfo module = ModuleReader.Parse(Wat.Compile(
            $"""(module (func (export "short")) (func (export "long") {string.Concat(Enumerable.Repeat("(drop (i32.const 1))", 100))}))"""));
        using var interrupt = new CancellationTokenSource();
        using var store = new Store(EngineOptions.Default, interrupt.Token);
        Instance instance = store.Instantiate(module);
        interrupt.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => instance.Invoke("short"));
        Assert.ThrowsAny<OperationCanceledException>(() => instance.Invoke("long"));

        // What is short is translated all the same.
        Assert.True(instance.FunctionAt(0).Data->Translated != null);
        Assert.True(instance.FunctionAt(1).Data->Translated == null);
    }
}
