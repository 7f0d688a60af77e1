using Wizer.Binary;
using Wizer.Engine.Code;
using Xunit;

namespace Wizer.Engine.Tests.Code;

/// <summary>Profiles are read as they were written, and anything else is refused quickly.</summary>
public sealed class FunctionProfileTests
{
    private static readonly ModuleInfo s_module = ModuleOf(20);
    private static readonly int[] s_functions = [5, 1, 2, 19, 7, 20];
    private static readonly bool[] s_areHot = [true, false, true, true, false, false];

    [Fact]
    public void Profile_IsReadAsItWasWritten()
    {
        byte[] bytes = FunctionProfile.Write(s_module, s_functions, s_areHot);
        Assert.Equal(ProfileFault.None, FunctionProfile.Read(bytes, s_module, out FunctionProfile? profile));
        Assert.Equal(s_functions, profile!.Functions);
        Assert.Equal(s_areHot, profile.AreHot);
        Assert.Equal(3, profile.HotCount);
    }

    [Fact]
    public void EmptyProfile_IsOne()
    {
        byte[] bytes = FunctionProfile.Write(s_module, [], []);
        Assert.Equal(ProfileFault.None, FunctionProfile.Read(bytes, s_module, out FunctionProfile? profile));
        Assert.Empty(profile!.Functions);
    }

    // docs/profile.md shows these bytes.
    [Fact]
    public void Format_IsTheDocumentedOne()
    {
        byte[] bytes = FunctionProfile.Write(s_module, s_functions, s_areHot);
        Assert.Equal("\0wzp\u0001"u8, bytes.AsSpan(0, 5));
        Assert.Equal([6, 17, 18, 5, 69, 50, 52], bytes[13..]);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(19)]
    [InlineData(0)]
    public void ProfileOfAnotherModule_IsKnown(int bodyCount)
    {
        byte[] bytes = FunctionProfile.Write(s_module, s_functions, s_areHot);
        Assert.Equal(ProfileFault.OtherModule, FunctionProfile.Read(bytes, ModuleOf(bodyCount), out _));
        Assert.Equal(ProfileFault.OtherModule, FunctionProfile.Read(bytes, ModuleOf(20, "(drop (i32.const 1))"), out _));
    }

    [Fact]
    public void LaterVersion_IsKnown()
    {
        byte[] bytes = FunctionProfile.Write(s_module, s_functions, s_areHot);
        bytes[4] = 2;
        Assert.Equal(ProfileFault.OtherVersion, FunctionProfile.Read(bytes, s_module, out _));
    }

    [Fact]
    public void CutOffProfile_IsDamaged()
    {
        byte[] bytes = FunctionProfile.Write(s_module, s_functions, s_areHot);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(ProfileFault.Damaged, FunctionProfile.Read(bytes.AsSpan(0, length), s_module, out _));
        }

        Assert.Equal(ProfileFault.Damaged, FunctionProfile.Read([.. bytes, 0], s_module, out _));
    }

    // A function twice; imported; behind the last; below zero; more than there are; a number without an end.
    [Theory]
    [InlineData(2, 4, 0)]
    [InlineData(1, 6)]
    [InlineData(1, 84)]
    [InlineData(1, 42)]
    [InlineData(21, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4)]
    [InlineData(0xff, 0xff, 0xff, 0xff, 0x0f)]
    [InlineData(0xff, 0xff, 0xff, 0xff, 0xff, 0x0f)]
    [InlineData(1, 0xfc, 0xff, 0xff, 0xff, 0x0f)]
    [InlineData(1, 0xfe, 0xff, 0xff, 0xff, 0x0f)]
    public void WrongEntries_AreDamage(params int[] entries)
    {
        byte[] bytes = FunctionProfile.Write(s_module, [], []);
        byte[] wrong = [.. bytes.AsSpan(0, bytes.Length - 1), .. entries.Select(static entry => (byte)entry)];
        ProfileFault fault = FunctionProfile.Read(wrong, s_module, out FunctionProfile? profile);
        Assert.Equal(ProfileFault.Damaged, fault);
        Assert.Null(profile);
    }

    [Fact]
    public void ChangedBytes_AreReadOrRefused()
    {
        byte[] bytes = FunctionProfile.Write(s_module, s_functions, s_areHot);
        for (int i = 0; i < bytes.Length; i++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] changed = [.. bytes];
                changed[i] = (byte)value;
                ProfileFault fault = FunctionProfile.Read(changed, s_module, out FunctionProfile? profile);
                Assert.Equal(fault == ProfileFault.None, profile != null);
                Assert.All(profile?.Functions ?? [], static function => Assert.InRange(function, 1, 20));
            }
        }
    }

    private static ModuleInfo ModuleOf(int bodyCount, string body = "") => Runtime.Guest.Module(
        $"(module (import \"a\" \"b\" (func)) {string.Concat(Enumerable.Repeat($"(func {body})", bodyCount))})");
}
