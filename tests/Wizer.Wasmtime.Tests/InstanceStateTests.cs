using System.Buffers;
using Wizer.Binary;
using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>What instances show to those who drive Wasmtime themselves.</summary>
public class InstanceStateTests
{
    [Fact]
    public void Values_AreReadBitByBit() => With(
        """
        (module
          (global (export "i32") (mut i32) (i32.const -2)) (global (export "i64") (mut i64) (i64.const -3))
          (global (export "f32") (mut f32) (f32.const -nan:0x200001)) (global (export "f64") (mut f64) (f64.const nan:0x4000000000001))
          (global (export "v128") (mut v128) (v128.const i64x2 0x0102030405060708 0x1112131415161718)))
        """,
        state =>
        {
            Assert.Equal(GlobalValue.I32(-2), state.ReadGlobal("i32", ValType.I32));
            Assert.Equal(GlobalValue.I64(-3), state.ReadGlobal("i64", ValType.I64));
            Assert.Equal(GlobalValue.FromBits(ValType.F32, 0xffa00001), state.ReadGlobal("f32", ValType.F32));
            Assert.Equal(GlobalValue.FromBits(ValType.F64, 0x7ff4000000000001), state.ReadGlobal("f64", ValType.F64));
            Assert.Equal(GlobalValue.V128(0x0102030405060708, 0x1112131415161718), state.ReadGlobal("v128", ValType.V128));
        });

    [Fact]
    public void Memories_AreShownInPieces() => With(
        """
        (module (memory (export "a") 1) (memory (export "b") i64 40000) (memory (export "c") 0)
          (data (i32.const 5) "abc") (data (memory 1) (i64.const 2147483650) "beyond two gibibytes"))
        """,
        state =>
        {
            state.ReadMemory("a", 0, static (contents, _) =>
            {
                Assert.Equal(65536, contents.Length);
                Assert.True(contents.Slice(5, 3).FirstSpan.SequenceEqual("abc"u8));
            });
            state.ReadMemory("b", 0, static (contents, _) =>
            {
                Assert.Equal(40000L * 65536, contents.Length);
                Assert.False(contents.IsSingleSegment);
                Assert.Equal("beyond two gibibytes"u8, contents.Slice(2147483650, 20).ToArray());
            });
            state.ReadMemory("c", 0, static (contents, _) => Assert.True(contents.IsEmpty));
        });

    [Fact]
    public void WhatIsNotThere_IsAnError() => With("(module (memory (export \"m\") 1) (global (export \"r\") (mut externref) (ref.null extern)))", state =>
    {
        Assert.Equal(
            WizerError.StateMismatch, Assert.Throws<WizerException>(() => state.ReadGlobal("g", ValType.I32)).Error);
        Assert.Equal(
            "`r` holds a reference", Assert.Throws<WizerException>(() => state.ReadGlobal("r", ValType.I32)).Message);
        Assert.Equal(
            "`g` is no exported memory that can be read",
            Assert.Throws<WizerException>(() => state.ReadMemory("g", 0, static (_, _) => { })).Message);
    });

    private static void With(string wat, Action<IInstanceState> look)
    {
        using var engine = new WasmtimeEngine(new WasmtimeConfig().WithMemory64(true).WithMultiMemory(true));
        using WasmtimeModule module = WasmtimeModule.FromBytes(engine, "m", Modules.Compile(wat));
        using var store = new global::Wasmtime.Store(engine);
        look(new WasmtimeInstanceState(new WasmtimeInstance(store, module)));
    }
}
