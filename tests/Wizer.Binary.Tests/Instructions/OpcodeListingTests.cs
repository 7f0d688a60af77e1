using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace Wizer.Binary.Tests.Instructions;

/// <summary>
/// What the generated tables say, as <c>opcodes.golden.txt</c>: a review of an edit of the table or of the generator shows what
/// became of every instruction.
/// </summary>
public sealed class OpcodeListingTests
{
    [Fact]
    public void Listing_IsTheApprovedOne()
    {
        string path = GoldenPath();
        string listing = List();
        if (Environment.GetEnvironmentVariable("WIZER_BLESS") == "1")
        {
            File.WriteAllText(path, listing);
        }

        string[] approved = File.ReadAllLines(path);
        string[] actual = listing.TrimEnd('\n').Split('\n');
        string[] gone = [.. approved.Except(actual).Select(line => "- " + line)];
        string[] added = [.. actual.Except(approved).Select(line => "+ " + line)];
        Assert.True(
            approved.SequenceEqual(actual),
            $"The tables no longer say what {path} does:\n{string.Join('\n', gone.Concat(added))}\n"
            + "Run again with WIZER_BLESS=1 to approve it, and commit the difference.");
    }

    private static string List()
    {
        StringBuilder listing = new();
        for (int i = 0; i < OpcodeTable.Size; i++)
        {
            var opcode = (Opcode)i;
            if (OpcodeTable.IsDefined(opcode))
            {
                string width = OpcodeTable.Width(opcode) == 0 ? "-" : $"{OpcodeTable.Width(opcode)}";
                string nan = OpcodeTable.NanLanes(opcode) == NanLanes.None ? "-" : $"{OpcodeTable.NanLanes(opcode)}";
                listing.Append($"0x{i:x3} {opcode,-28} {OpcodeTable.Mnemonic(opcode),-35} {OpcodeTable.Immediates(opcode),-12} ")
                    .Append($"{Describe(OpcodeTable.Signature(opcode)),-26} ")
                    .Append($"{OpcodeTable.Family(opcode),-15} {nan,-5} {OpcodeTable.Proposal(opcode),-18} {width}\n");
            }
        }

        return listing.ToString();
    }

    private static string Describe(OpcodeSignature signature)
    {
        string operands = !signature.HasRegularOperands
            ? "*"
            : string.Join(' ', new[] { signature.Operand0, signature.Operand1, signature.Operand2 }
                .Where(type => type != OpcodeSignature.Nothing)
                .Select(Describe));
        string result = signature.Result == OpcodeSignature.Nothing ? "" : Describe(signature.Result);
        return $"[{operands}] -> [{result}]";
    }

    private static string Describe(byte type) => type switch
    {
        OpcodeSignature.Address => "addr",
        OpcodeSignature.Irregular => "*",
        _ => ValType.FromCode(type).ToString(),
    };

    private static string GoldenPath([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "opcodes.golden.txt");
}
