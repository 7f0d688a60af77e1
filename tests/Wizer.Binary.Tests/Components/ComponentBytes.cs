using System.Globalization;

namespace Wizer.Binary.Tests.Components;

/// <summary>Components from hexadecimal digits, text in quotes and sections. Naive on purpose.</summary>
internal static class ComponentBytes
{
    internal const string Preamble = "00 61 73 6d 0d 00 01 00";

    /// <summary>The core module of <see cref="Everything"/>: it exports a function of every type that canonical options ask for.</summary>
    internal static byte[] CoreModule { get; } =
    [
        0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0,
        .. Section(1, "05  60 00 00  60 01 7f 00  60 04 7f 7f 7f 7f 01 7f  60 00 01 7f  60 03 7f 7f 7f 01 7f"),
        .. Section(3, "05  00 01 02 03 04"),
        .. Section(4, "01 70 00 01"),
        .. Section(5, "01 00 01"),
        .. Section(6, "01 7f 00 41 00 0b"),
        .. Section(7, "08  01 'f' 00 00  01 'd' 00 01  01 'r' 00 02  01 'u' 00 03  01 'c' 00 04  01 't' 01 00  01 'm' 02 00  01 'g' 03 00"),
        .. Section(10, "05  02 00 0b  02 00 0b  04 00 41 00 0b  04 00 41 00 0b  04 00 41 00 0b"),
    ];

    /// <summary>A valid component with a definition of every kind.</summary>
    internal static byte[] Everything { get; } = Component(
        Section(3, "02  60 00 00  50 03  01 60 00 00  02 10 01 01 00  03 01 'e' 00 00"),
        Section(1, CoreModule),
        Section(2, "01  00 00 00"),
        Section(6, "09  00 00 01 00 01 'f'  00 00 01 00 01 'd'  00 00 01 00 01 'r'  00 00 01 00 01 'u'  00 00 01 00 01 'c'  "
            + "00 01 01 00 01 't'  00 02 01 00 01 'm'  00 03 01 00 01 'g'  00 10 02 00 00"),
        Section(2, "01  01 01 01 'f' 00 00"),
        Section(7, "15  73  3f 7f 01 01  72 01 01 'a' 79  71 02 01 'a' 01 73 00 01 'b' 00 00  70 7d  67 7d 04  6f 02 79 73  "
            + "6e 01 01 'a'  6d 01 01 'a'  6b 79  6a 01 79 01 73  63 73 79  69 01  68 01  66 01 7d  65 00  "
            + "40 00 01 00  40 01 01 'p' 73 00 79  43 00 01 00  41 03 03 00 01 'a' 03 01 01 40 00 01 00 04 00 01 'b' 01 01  "
            + "42 01 04 00 01 't' 03 01"),
        Section(4, Component(
            Section(0, "0e 'component-name'  00 02 01 'n'"),
            Section(7, "01 40 00 01 00"),
            Section(10, "01 00 01 'x' 01 00"))),
        Section(10, "02  00 01 'i' 01 10  02 01 'j' 02 00 05 'a:b/c' 02 03 'ext' 05 14"),
        Section(5, "02  00 00 01 01 'x' 01 00  01 01 00 01 'y' 01 00"),
        Section(6, "01  01 00 02 01 'y'"),
        Section(8, "05  00 00 00 00 10  01 00 00 01 01  02 01  0a 7f 00  20 00 00"),
        Section(11, "02  00 01 'e' 01 02 00  00 02 'e2' 01 02 01 01 10"),
        Section(0, "0e 'component-name'  00 02 01 'c'  01 06 01 01 00 02 'im'"));

    internal static byte[] Component(params byte[][] sections) => [.. Bytes(Preamble), .. sections.SelectMany(section => section)];

    internal static byte[] Section(byte id, byte[] contents) => [id, .. ModuleBytes.Leb(contents.Length), .. contents];

    internal static byte[] Section(byte id, string contents) => Section(id, Bytes(contents));

    /// <summary>Bytes from hexadecimal digits with spaces between them, and text in single quotes.</summary>
    internal static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        foreach (string part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part[0] == '\'')
            {
                bytes.AddRange(part[1..^1].Select(c => (byte)c));
            }
            else
            {
                bytes.Add(byte.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }

        return [.. bytes];
    }
}
