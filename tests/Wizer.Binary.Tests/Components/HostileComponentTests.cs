using Wizer.Binary.Components;
using Xunit;
using static Wizer.Binary.Tests.Components.ComponentBytes;

namespace Wizer.Binary.Tests.Components;

/// <summary>Bad components end in a clear error, with bounded memory and stack, and never in a crash.</summary>
public sealed class HostileComponentTests
{
    [Fact]
    public void Truncation_AtEveryByte_IsAnError_OrCutsAWholeSectionOff()
    {
        byte[] component = Everything;
        int[] ends = [8, .. ComponentReader.Parse(component).Sections.Select(section => section.Whole.End)];
        for (int length = 0; length < component.Length; length++)
        {
            string? error = Check(component[..length]);
            Assert.True(error is not null || ends.Contains(length), $"cut at {length}");
        }

        Assert.Null(Check(component));
    }

    [Fact]
    public void Mutations_AreErrorsOrComponents_AndNothingElse()
    {
        var random = new Random(19700101);
        for (int i = 0; i < 4_000; i++)
        {
            byte[] component = [.. Everything];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                component[random.Next(8, component.Length)] = (byte)random.Next(256);
            }

            Check(component);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void AbsurdCounts_ReserveLittle(byte section)
    {
        // As many items as there are bytes in the file, none of which is one.
        const int Length = 4 << 20;
        byte[] component = new byte[Length];
        byte[] start = [.. Bytes(Preamble), section, .. ModuleBytes.Leb(Length - 12), .. ModuleBytes.Leb(Length - 16)];
        Array.Fill(component, (byte)0xff);
        start.CopyTo(component, 0);
        AssertReservesLittle(component);
    }

    [Theory]
    [InlineData("02", "01 00 00")]                  // arguments of an instantiation
    [InlineData("02", "01 01")]                     // exports of a core instance
    [InlineData("03", "01 50")]                     // declarations of a module type
    [InlineData("05", "01 01")]                     // exports of an instance
    [InlineData("07", "01 41")]                     // declarations of a component type
    [InlineData("07", "01 72")]                     // fields
    [InlineData("07", "01 6d")]                     // labels
    [InlineData("08", "01 01 00 00")]               // options
    [InlineData("0a", "01 02 01 61")]               // attributes of a name
    public void AbsurdCounts_WithinADefinition_ReserveLittle(string section, string contents)
    {
        byte[] before = Bytes(contents);
        byte[] body = new byte[4 << 20];
        Array.Fill(body, (byte)0xff);
        before.CopyTo(body, 0);
        ModuleBytes.Leb(body.Length - 16).CopyTo(body, before.Length);
        AssertReservesLittle(Component(Section(Bytes(section)[0], body)));
    }

    [Theory]
    [InlineData(99, null)]
    [InlineData(100, "nesting is too deep")]
    [InlineData(2_000, "nesting is too deep")]
    public void NestedComponents_AreLimited(int depth, string? expected)
    {
        // Built from the inside; each layer is a whole component.
        byte[] component = Bytes(Preamble);
        for (int i = 0; i < depth; i++)
        {
            component = Component(Section(4, component));
        }

        AssertStartsWith(expected, Check(component));
    }

    [Theory]
    [InlineData(0x41, 99, null)]
    [InlineData(0x41, 100, "nesting is too deep")]
    [InlineData(0x42, 1_000_000, "nesting is too deep")]
    public void NestedTypes_AreLimited(byte code, int depth, string? expected)
    {
        byte[] contents = new byte[(depth * 3) + 1];
        contents[0] = 1;
        for (int i = 0; i < depth; i++)
        {
            contents[1 + (3 * i)] = code;
            contents[2 + (3 * i)] = i == depth - 1 ? (byte)0 : (byte)1;
            contents[3 + (3 * i)] = 1;
        }

        // The innermost has no declaration.
        AssertStartsWith(expected, Check(Component(Section(7, contents[..^1]))));
    }

    private static void AssertReservesLittle(byte[] component)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotNull(Check(component));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    private static void AssertStartsWith(string? expected, string? actual)
    {
        if (expected is null)
        {
            Assert.Null(actual);
        }
        else
        {
            Assert.StartsWith(expected, actual, StringComparison.Ordinal);
        }
    }

    /// <summary>The error, or null.</summary>
    private static string? Check(byte[] component)
    {
        try
        {
            ComponentValidator.Validate(ComponentReader.Parse(component));
            return null;
        }
        catch (WasmException e)
        {
            Assert.InRange(e.Offset, 0, component.Length);
            return e.Message;
        }
    }
}
