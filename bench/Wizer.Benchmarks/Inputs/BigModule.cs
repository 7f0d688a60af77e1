using System.Text;
using Wizer.Binary;

namespace Wizer.Benchmarks.Inputs;

/// <summary>
/// The large module that benchmarks read: the file that <c>WIZER_BENCH_MODULE</c> names, or one made here. What is made looks
/// to a parser and a validator like a compiled program of 10 MB: some thousand functions from tiny to large, locals, loads and
/// stores, calls, nested blocks, names and data. The seed is fixed, so every run measures the same bytes.
/// </summary>
internal static class BigModule
{
    private const int Seed = 0x5eed;
    private const int TargetCodeLength = 9_000_000;
    private const int DataLength = 1_000_000;

    private static readonly Lazy<byte[]> s_bytes = new(Load);

    /// <summary>The module.</summary>
    internal static byte[] Bytes => s_bytes.Value;

    private static byte[] Load()
    {
        string? path = Environment.GetEnvironmentVariable("WIZER_BENCH_MODULE");
        return string.IsNullOrEmpty(path) ? Make() : File.ReadAllBytes(path);
    }

    private static byte[] Make()
    {
        var random = new Random(Seed);
        var code = new MemoryStream();
        code.Write([2, 0, (byte)Opcode.End]); // function 0, the one that would initialize
        int funcCount = 1;
        var body = new MemoryStream();
        while (code.Length < TargetCodeLength)
        {
            // The lengths of real functions: most are small, a few are huge.
            int statements = (int)Math.Exp(1 + 4.5 * Math.Pow(random.NextDouble(), 1.5));
            body.SetLength(0);
            WriteBody(body, statements, random, funcCount);
            WriteLeb(code, body.Length);
            body.WriteTo(code);
            funcCount++;
        }

        var module = new MemoryStream();
        module.Write([0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0]);

        // Type 0: the exported functions. Type 1: all others. The rest: what a program's other signatures cost to parse.
        WriteSection(module, SectionId.Type, section =>
        {
            WriteLeb(section, 64);
            section.Write([0x60, 0, 0]);
            section.Write([0x60, 3, 0x7f, 0x7f, 0x7e, 1, 0x7f]);
            for (int i = 2; i < 64; i++)
            {
                section.WriteByte(0x60);
                WriteLeb(section, i % 8);
                for (int p = 0; p < i % 8; p++)
                {
                    section.WriteByte((byte)(0x7c + (i + p) % 4));
                }

                WriteLeb(section, 0);
            }
        });
        WriteSection(module, SectionId.Function, section =>
        {
            WriteLeb(section, funcCount);
            section.WriteByte(0);
            for (int i = 1; i < funcCount; i++)
            {
                section.WriteByte(1);
            }
        });
        WriteSection(module, SectionId.Table, section => section.Write([1, 0x70, 0, 16]));
        WriteSection(module, SectionId.Memory, section => section.Write([1, 0, 64]));
        WriteSection(module, SectionId.Global, section => section.Write([1, 0x7f, 1, 0x41, 0x80, 0x80, 0x04, 0x0b]));
        WriteSection(module, SectionId.Export, section =>
        {
            string[] names = ["memory", "wizer-initialize", "_start"];
            WriteLeb(section, names.Length);
            for (int i = 0; i < names.Length; i++)
            {
                WriteLeb(section, names[i].Length);
                section.Write(Encoding.ASCII.GetBytes(names[i]));
                section.Write([(byte)(i == 0 ? ExternKind.Memory : ExternKind.Func), 0]);
            }
        });
        WriteSection(module, SectionId.Code, section =>
        {
            WriteLeb(section, funcCount);
            code.WriteTo(section);
        });
        WriteSection(module, SectionId.Data, section =>
        {
            byte[] data = new byte[DataLength];
            random.NextBytes(data);
            section.Write([1, 0, 0x41, 0x80, 0x08, 0x0b]);
            WriteLeb(section, data.Length);
            section.Write(data);
        });
        return module.ToArray();
    }

    // Parameters i32 i32 i64, locals i32 i32 i32 i64 f64: indices 0 1 3 4 5 are i32, 2 and 6 are i64, 7 is f64.
    private static void WriteBody(MemoryStream body, int statements, Random random, int callableCount)
    {
        body.Write([3, 3, 0x7f, 1, 0x7e, 1, 0x7c]);
        for (int i = 0; i < statements; i++)
        {
            WriteStatement(body, random, callableCount, depth: 0);
        }

        WriteI32(body, random, depth: 0);
        body.WriteByte((byte)Opcode.End);
    }

    private static void WriteStatement(MemoryStream body, Random random, int callableCount, int depth)
    {
        switch (random.Next(depth < 4 ? 10 : 7))
        {
            case 0:
            case 1:
            case 2:
                WriteI32(body, random, 0);
                body.Write([(byte)Opcode.LocalSet, I32Local(random)]);
                break;

            case 3:
            case 4:
                // local.get, value, i32.store
                body.Write([(byte)Opcode.LocalGet, I32Local(random)]);
                WriteI32(body, random, 0);
                body.Write([(byte)Opcode.I32Store, 2]);
                WriteLeb(body, random.Next(64) * 4);
                break;

            case 5:
                body.Write([(byte)Opcode.LocalGet, 2, (byte)Opcode.LocalGet, 6, (byte)Opcode.I64Mul, (byte)Opcode.LocalSet, 6]);
                break;

            case 6:
                WriteI32(body, random, 1);
                body.Write([(byte)Opcode.LocalGet, I32Local(random), (byte)Opcode.LocalGet, 2, (byte)Opcode.Call]);
                WriteLeb(body, random.Next(1, callableCount + 1));
                body.WriteByte((byte)Opcode.Drop);
                break;

            default:
                // A block that is left early, a loop that goes round again, or an if with both arms.
                int kind = random.Next(3);
                if (kind == 2)
                {
                    WriteI32(body, random, 1);
                }

                body.Write([(byte)(kind == 0 ? Opcode.Block : kind == 1 ? Opcode.Loop : Opcode.If), 0x40]);
                for (int i = random.Next(1, 5); i > 0; i--)
                {
                    WriteStatement(body, random, callableCount, depth + 1);
                }

                if (kind == 2)
                {
                    body.WriteByte((byte)Opcode.Else);
                    WriteStatement(body, random, callableCount, depth + 1);
                }
                else
                {
                    WriteI32(body, random, 1);
                    body.Write([(byte)Opcode.BrIf, 0]);
                }

                body.WriteByte((byte)Opcode.End);
                break;
        }
    }

    private static void WriteI32(MemoryStream body, Random random, int depth)
    {
        switch (random.Next(depth < 3 ? 6 : 3))
        {
            case 0:
            case 1:
                body.Write([(byte)Opcode.LocalGet, I32Local(random)]);
                break;

            case 2:
                body.WriteByte((byte)Opcode.I32Const);
                WriteLeb(body, random.Next(64) << (7 * random.Next(3)));
                break;

            case 3:
                WriteI32(body, random, depth + 1);
                body.Write([(byte)Opcode.I32Load, 2]);
                WriteLeb(body, random.Next(64) * 4);
                break;

            default:
                WriteI32(body, random, depth + 1);
                WriteI32(body, random, depth + 1);

                // From i32.eq to i32.ge_u and from i32.add to i32.rotr: all take two and leave one.
                body.WriteByte((byte)(random.Next(2) == 0 ? (int)Opcode.I32Eq + random.Next(10) : (int)Opcode.I32Add + random.Next(15)));
                break;
        }
    }

    private static ReadOnlySpan<byte> I32Locals => [0, 1, 3, 4, 5];

    private static byte I32Local(Random random) => I32Locals[random.Next(I32Locals.Length)];

    private static void WriteSection(MemoryStream module, SectionId id, Action<MemoryStream> write)
    {
        var contents = new MemoryStream();
        write(contents);
        module.WriteByte((byte)id);
        WriteLeb(module, contents.Length);
        contents.WriteTo(module);
    }

    private static void WriteLeb(MemoryStream stream, long value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
