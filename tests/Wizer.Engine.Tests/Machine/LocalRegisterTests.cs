using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Values of locals that are read later than they are written again, and registers that go from one local to another.</summary>
public sealed class LocalRegisterTests
{
    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    // What is set is in the register that a value further down still means.
    [Fact]
    public void CopySign_LeavesWhatTheStackStillMeans()
    {
        ulong[] result = MachineGuest.Call("""
            (module (func (export "f") (param f64 f64 f64) (result f64 f64)
              local.get 0
              (local.set 0 (f64.copysign (local.get 1) (local.get 2)))
              local.get 0))
            """, Bits(1.5), Bits(2.5), Bits(-3));
        Assert.Equal([Bits(1.5), Bits(-2.5)], result);
    }

    [Theory]
    [InlineData("f64.min", 2.5)]
    [InlineData("f64.max", 7)]
    [InlineData("f64.add", 9.5)]
    [InlineData("f64.copysign", 2.5)]
    public void BinaryFloats_LeaveWhatTheStackStillMeans(string operation, double expected)
    {
        ulong[] result = MachineGuest.Call($"""
            (module (func (export "f") (param f64 f64 f64) (result f64 f64 f64)
              local.get 0
              local.get 0
              (local.set 0 ({operation} (local.get 1) (local.get 2)))
              local.get 0))
            """, Bits(1.5), Bits(2.5), Bits(7));
        Assert.Equal([Bits(1.5), Bits(1.5), Bits(expected)], result);
    }
}
