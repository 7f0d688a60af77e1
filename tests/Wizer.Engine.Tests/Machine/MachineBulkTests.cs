using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Whole ranges of memories: what is moved, where they end, and that what lives on lives on.</summary>
public sealed class MachineBulkTests
{
    // Bytes that all differ from their neighbours, and a sum that depends on where they are. Memories of 10 pages.
    private const string Parts = """
        (func $write (local $at @)
          (loop $next
            (i32.store # (local.get $at) (i32.mul (~ (local.get $at)) (i32.const 2654435761)))
            (br_if $next (@.lt_u (local.tee $at (@.add (local.get $at) (@.const 4))) (@.const 0xa0000)))))
        (func $sum (result i32) (local $at @) (local $sum i32)
          (loop $next
            (local.set $sum (i32.mul (i32.xor (local.get $sum) (i32.load # (local.get $at))) (i32.const 16777619)))
            (br_if $next (@.lt_u (local.tee $at (@.add (local.get $at) (@.const 4))) (@.const 0xa0000))))
          (local.get $sum))
        """;

    public static TheoryData<string, string, bool> Memories => new()
    {
        { "(memory $m 10)", "i32", true },
        { "(memory $m 10)", "i32", false },
        { "(memory $m i64 10)", "i64", true },
        { "(memory 1) (memory $m 10 10)", "i32", true },
        { "(memory 1) (memory $m i64 10)", "i64", false },
        { "(memory i64 1) (memory $m 655360 (pagesize 1))", "i32", true },
    };

    [Theory]
    [MemberData(nameof(Memories))]
    public void Ranges_EndWithTheMemory(string memory, string type, bool reserve)
    {
        const ulong End = 10 * 65_536;
        ulong[][] ranges =
        [
            [0, 100, 50], [100, 0, 150], [0, 0, 0], [7, 9, 1], [9, 7, 400], [3, 70_000, 64],
            [100, 0, 300_000], [0, 100, 300_000], [0, 5, 262_144], [5, 0, 262_145],
            [End - 1, 0, 1], [0, End - 1, 1], [End, 0, 0], [0, End, 0], [End - 300_000, 0, 300_000],
            [End, 0, 1], [0, End, 1], [End + 1, 0, 0], [0, End + 1, 0], [End - 10, 0, 11], [0, End - 10, 11],
            [0, 0, End], [0, 0, End + 1], [1, 0, End], [0, 1, End], [uint.MaxValue, 0, 1], [0, uint.MaxValue, 2], [1, 1, uint.MaxValue],
        ];
        if (type == "i64")
        {
            ranges =
            [
                .. ranges, [1UL << 32, 0, 1], [0, 1UL << 32, 1], [0, 0, 1UL << 32], [ulong.MaxValue, 0, 1], [ulong.MaxValue, 0, 0],
                [1, 0, ulong.MaxValue], [0, 1, ulong.MaxValue], [0, 0, ulong.MaxValue],
            ];
        }

        string value = type == "i64" ? "(i32.wrap_i64 (local.get 1))" : "(local.get 1)";
        foreach (string bulk in (string[])
        [
            "(memory.copy $m $m (local.get 0) (local.get 1) (local.get 2))",
            $"(memory.fill $m (local.get 0) {value} (local.get 2))",
        ])
        {
            string[] outcomes = MachineGuest.Outcomes(
                $"""
                (module
                  {memory}
                  {Fill(Parts, type)}
                  (func (export "f") (param {type} {type} {type}) (result i32)
                    (call $write)
                    {bulk}
                    (call $sum)))
                """, reserve, ranges);
            for (int i = 0; i < ranges.Length; i++)
            {
                bool isCopy = bulk.Contains("copy", StringComparison.Ordinal);
                bool isWithin = IsWithin(ranges[i][0], ranges[i][2]) && (!isCopy || IsWithin(ranges[i][1], ranges[i][2]));
                bool isDone = outcomes[i].StartsWith("0x", StringComparison.Ordinal);
                Assert.True(isWithin == isDone, $"{string.Join(' ', ranges[i])}: {outcomes[i]}");
            }
        }

        static bool IsWithin(ulong start, ulong count) => (UInt128)start + count <= End;
    }

    // The three operands in all kinds of places, while other values are in registers: what is computed with them afterwards says whether
    // they are the same.
    [Theory]
    [MemberData(nameof(Memories))]
    public void Operands_AreWhereverTheyAre(string memory, string type, bool reserve)
    {
        string[] places =
        [
            "(local.get {0})",
            "(@.add (local.get {0}) (@.const 1))",
            "(@.load $m (local.get {0}))",
            "(@.const {0}7)",
            "(@.sub (local.get {0}) (local.get 3))",
        ];
        foreach (string first in places)
        {
            foreach (string second in places)
            {
                foreach (string third in places)
                {
                    string copy = $"(memory.copy $m $m {Place(first, 0)} {Place(second, 1)} {Place(third, 2)})";
                    const string Sum = "(@.add (local.get 3) (@.mul (local.get 0) (local.get 1)))";
                    MachineGuest.Outcomes(
                        Fill(
                            $$"""
                            (module
                              {{memory}}
                              (func (export "f") (param @ @ @ @) (result @ @ @ @ i32 f64)
                                (local $d f64) (local $i i32)
                                (local.set $d (f64.const 1.5))
                                (local.set $i (i32.const 77))
                                (@.store $m (@.const 40) (@.const 8))
                                (@.store $m (@.const 80) (@.const 16))
                                (@.store $m (@.const 24) (@.const 24))
                                {{Sum}} {{Sum}} (f64.add (local.get $d) (local.get $d)) {{Sum}}
                                {{copy}}
                                (local.set 1 (@.add (local.get 1)))
                                (local.set $d (f64.mul (local.get $d)))
                                (local.set 0 (@.add (local.get 0)))
                                (local.get 0) (local.get 1)
                                (@.load $m (@.const 48))
                                (i32.add (local.get $i) (i32.const 1)) (local.get $d)))
                            """, type),
                        reserve,
                        [40, 80, 24, 1],
                        [80, 40, 24, 0]);
                }
            }
        }

        string Place(string place, int local) => Fill(place.Replace("{0}", $"{local}", StringComparison.Ordinal), type);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MemoriesOfBothWidths_AndSegments(bool reserve)
    {
        string source = $$"""
            (module
              (memory $m 10) (memory $wide i64 2 3) (memory $bytes 100 (pagesize 1))
              (data $d "the bytes of a segment, which may be dropped")
              {{Fill(Parts, "i32")}}
              (func (export "f") (param $to i32) (param $from i64) (param $count i32) (param $which i32) (result i32)
                (block $done
                  (block $3 (block $2 (block $1 (block $0 (br_table $0 $1 $2 $3 (local.get $which)))
                    (call $write)
                    (memory.copy $wide $m (local.get $from) (local.get $to) (local.get $count))
                    (memory.fill $m (local.get $to) (local.get $count) (local.get $count))
                    (br $done))
                    (memory.copy $m $wide (local.get $to) (local.get $from) (local.get $count))
                    (br $done))
                    (memory.init $bytes $d (local.get $to) (i32.wrap_i64 (local.get $from)) (local.get $count))
                    (memory.copy $m $bytes (i32.const 5) (local.get $to) (local.get $count))
                    (memory.init $wide $d (local.get $from) (local.get $to) (local.get $count))
                    (br $done))
                  (data.drop $d))
                (i32.add (call $sum) (i32.load8_u $wide (local.get $from)))))
            """;
        string[] outcomes = MachineGuest.Outcomes(
            source,
            reserve,
            [
                [4, 8, 1000, 0], [40, 8, 1000, 1], [4, 131_000, 72, 0], [4, 131_000, 73, 0], [655_360, 0, 0, 0], [655_360, 0, 1, 0],
                [655_000, 131_071, 1, 1], [655_000, 131_072, 1, 1], [0, 1UL << 32, 0, 0], [0, 2, 20, 2], [60, 4, 40, 2], [60, 4, 41, 2],
                [0, 44, 0, 2], [0, 44, 1, 2], [0, 45, 0, 2], [0, 0, 0, 3], [0, 0, 0, 2], [0, 0, 1, 2],
            ]);
        Assert.Equal(
            "+ + + - + - + - - + - - + - - + + -",
            string.Join(' ', outcomes.Select(static outcome => outcome.StartsWith("0x", StringComparison.Ordinal) ? "+" : "-")));
    }

    private static string Fill(string text, string type) => text
        .Replace("@", type, StringComparison.Ordinal)
        .Replace("#", "$m", StringComparison.Ordinal)
        .Replace("~", type == "i64" ? "i32.wrap_i64" : "i32.add (i32.const 0)", StringComparison.Ordinal);
}
