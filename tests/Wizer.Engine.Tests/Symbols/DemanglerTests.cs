using System.Runtime.CompilerServices;
using System.Text;
using Wizer.Engine.Symbols;
using Xunit;

namespace Wizer.Engine.Tests;

public class DemanglerTests
{
    [Fact]
    public void Demangle_PrintsWhatTheOriginalDoes()
    {
        List<(string Name, string Text)> table = Table();
        List<string> differences = [];
        foreach ((string name, string text) in table)
        {
            string found = Demangler.Demangle(name);
            if (found != text)
            {
                differences.Add($"{name}: {found}, and not {text}");
            }
        }

        Assert.Empty(differences);
        Assert.True(table.Count > 1000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("main")]
    [InlineData("wizer-initialize")]
    [InlineData("größe")]
    [InlineData("_ZN6größeE")]
    [InlineData("_Z6größev")]
    [InlineData("_ZN1a\0E")]
    [InlineData("\ud800")]
    public void Demangle_LeavesOtherNamesAlone(string name) => Assert.Same(name, Demangler.Demangle(name));

    [Fact]
    public void Demangle_OfWhatIsTooDeep_GivesTheNameItself()
    {
        foreach (string name in DeepNames())
        {
            Assert.Same(name, Demangler.Demangle(name));
        }
    }

    [Fact]
    public void Demangle_OfWhatIsTooLong_GivesTheNameItself()
    {
        // Each class has the one before twice as an argument.
        var name = new StringBuilder("_Z1f1AIiiE");
        for (int i = 1; i < 22; i++)
        {
            string last = i <= 10 ? $"S{(char)('0' + i - 1)}_" : $"S{(char)('A' + i - 11)}_";
            name.Append("S_I").Append(last).Append(last).Append('E');
        }

        string whole = name.ToString();
        Assert.Same(whole, Demangler.Demangle(whole));
        string tooLong = "_ZN" + string.Concat(Enumerable.Repeat("1a", 100_000)) + "E";
        Assert.Same(tooLong, Demangler.Demangle(tooLong));
    }

    [Fact]
    public void Demangle_OfANameThatRefersToItself_SaysSo()
    {
        Assert.StartsWith("foo::bar::<foo::bar<foo::bar<", Demangler.Demangle("_RINvC3foo3barB_E"));
        Assert.Contains("{recursion limit reached}", Demangler.Demangle("_RINvC3foo3barB_E"));
        string wide = Demangler.Demangle("_RINvC3foo3barTB_B_B_EE");
        Assert.EndsWith("{size limit reached}", wide);
        Assert.InRange(wide.Length, 900_000, 1_000_100);
    }

    [Fact]
    public void Demangle_OfATruncatedName_NeverThrows()
    {
        foreach ((string name, string _) in Table())
        {
            for (int length = 0; length < name.Length; length++)
            {
                Demangler.Demangle(name[..length]);
            }
        }
    }

    [Fact]
    public void Demangle_OfRandomNames_NeverThrows()
    {
        string[] parts =
        [
            "_Z", "_R", "N", "E", "I", "J", "S_", "S0_", "T_", "T0_", "St", "Sa", "1a", "2ab", "i", "v", "P", "R", "O", "K", "F", "A5_",
            "M", "Dp", "DT", "X", "L", "Z", "Ul", "Ut_", "C1", "D1", "cv", "pl", "cl", "sr", "fp_", "_", "0", "9", ".", "B", "C3foo",
            "Nv", "Nt", "Cs_", "u", "W", "G", "D", "U", "h", "Kj1_", "B_", "B0_", "$LT$", "..", "17h0123456789abcdef", "E.llvm.1", "~", "ß", "\u0001",
        ];
        var random = new Random(1);
        var name = new StringBuilder();
        for (int i = 0; i < 100_000; i++)
        {
            name.Clear();
            name.Append(i % 3 == 0 ? "_Z" : i % 3 == 1 ? "_R" : "_ZN");
            for (int left = random.Next(12); left > 0; left--)
            {
                name.Append(random.Next(20) == 0 ? ((char)random.Next(256)).ToString() : parts[random.Next(parts.Length)]);
            }

            Assert.NotNull(Demangler.Demangle(name.ToString()));
        }
    }

    [Fact]
    public void Backtrace_ShowsTheNamesOfTheSource()
    {
        var trap = new WasmTrapException(TrapKind.Unreachable);
        trap.Add(new WasmFrame(0, "_ZN3app6config4load17h6ac9107c42850161E", 0x1d, "_ZN3appE"));

        Assert.Equal(
            "error while executing at wasm backtrace:\n    0:     0x1d - _ZN3appE!app::config::load::h6ac9107c42850161",
            trap.DisplayBacktrace);
        Assert.Equal("_ZN3app6config4load17h6ac9107c42850161E", trap.Backtrace[0].FuncName);
    }

    private static IEnumerable<string> DeepNames()
    {
        foreach (int depth in new[] { 130, 1000, 20_000 })
        {
            yield return "_Z1f" + Repeat("P", depth) + "i";
            yield return "_Z1f" + Repeat("K", depth) + "i";
            yield return "_Z1f" + Repeat("A5_", depth) + "i";
            yield return "_Z1f" + Repeat("1AI", depth) + "i" + Repeat("E", depth);
            yield return "_Z1f" + Repeat("PFv", depth) + "i" + Repeat("E", depth);
            yield return "_Z1fIX" + Repeat("ng", depth) + "Li1EEEvv";
            yield return "_ZN" + Repeat("1a", depth) + "1fEv";
            yield return "_ZN" + Repeat("pl", depth) + "C1Ev";
            yield return "_ZN1a" + Repeat("IiE", depth) + "Ev";
            yield return "_Z1f" + Repeat("B1x", depth) + "v";
            yield return "_Z" + Repeat("Z", depth) + "1fv" + Repeat("E1xv", depth);
            yield return "_GLOBAL__I_" + Repeat("_GLOBAL__I_", depth) + "_Z1fv";
            yield return "_RINvC3foo3bar" + Repeat("R", depth + 500) + "hE";
            yield return "_R" + Repeat("Nv", depth + 500) + "C3foo" + Repeat("1a", depth + 500);
        }
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static List<(string Name, string Text)> Table([CallerFilePath] string file = "")
    {
        List<(string, string)> table = [];
        foreach (string line in File.ReadLines(Path.Combine(Path.GetDirectoryName(file)!, "names.txt")))
        {
            string[] fields = line.Split('\t');
            if (fields.Length == 2)
            {
                table.Add((fields[0], fields[1]));
            }
        }

        return table;
    }
}
