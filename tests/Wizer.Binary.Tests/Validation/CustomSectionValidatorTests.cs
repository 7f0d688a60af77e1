using Wizer.TestSupport;
using Xunit;

namespace Wizer.Binary.Tests.Validation;

/// <summary>The sections that only an assertion about custom sections asks for.</summary>
public sealed class CustomSectionValidatorTests
{
    private const string Module = "(import \"\" \"\" (func)) (func (param i32) (local i64) (if (local.get 0) (then nop)))";

    [Theory]
    [InlineData("")]
    [InlineData("\\00\\02\\01m \\01\\07\\02\\00\\01f\\01\\01g \\02\\0b\\02\\00\\01\\00\\01x\\01\\01\\05\\01y")]
    public void GoodNames_Pass(string contents) => Validate("name", contents.Replace(" ", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("\\0c\\00", "malformed name subsection")]
    [InlineData("\\01\\01\\00\\01\\01\\00", "malformed name subsection")]
    [InlineData("\\00\\03\\01m\\00", "section size mismatch")]
    [InlineData("\\01\\07\\02\\01\\01f\\01\\01g", "indices of names out of order")]
    [InlineData("\\01\\04\\01\\00\\01\\ff", "malformed UTF-8 encoding")]
    [InlineData("\\00\\09", "length out of bounds")]
    public void MalformedNames_AreMalformed(string contents, string message) =>
        Assert.StartsWith(message, Assert.Throws<WasmFormatException>(() => Validate("name", contents)).Message, StringComparison.Ordinal);

    [Fact]
    public void NamesOfNothing_AreInvalid() =>
        Assert.StartsWith(
            "name of an unknown index", Assert.Throws<WasmValidationException>(() => Validate("name", "\\01\\04\\01\\02\\01h")).Message, StringComparison.Ordinal);

    // The body: one run of locals in three bytes, local.get 0 in two, then the if.
    [Fact]
    public void AHintForABranch_Passes() => Validate("metadata.code.branch_hint", "\\01\\01\\01\\05\\01\\01");

    [Theory]
    [InlineData("\\01\\01\\01\\05\\01\\02", "@metadata.code.branch_hint annotation: malformed hint")]
    [InlineData("\\01\\01\\01\\05\\02\\01\\01", "@metadata.code.branch_hint annotation: malformed hint")]
    [InlineData("\\01\\01\\01\\05\\01\\01\\00", "section size mismatch")]
    [InlineData("\\01\\01", "unexpected end")]
    public void MalformedHints_AreMalformed(string contents, string message) =>
        Assert.StartsWith(
            message, Assert.Throws<WasmFormatException>(() => Validate("metadata.code.branch_hint", contents)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\\01\\01\\01\\03\\01\\01", "@metadata.code.branch_hint annotation: invalid target")]
    [InlineData("\\01\\01\\01\\04\\01\\01", "@metadata.code.branch_hint annotation: invalid target")]
    [InlineData("\\01\\01\\01\\7f\\01\\01", "@metadata.code.branch_hint annotation: invalid target")]
    [InlineData("\\01\\01\\02\\05\\01\\01\\05\\01\\01", "@metadata.code.branch_hint annotation: invalid target")]
    [InlineData("\\02\\01\\01\\05\\01\\01\\01\\00", "@metadata.code.branch_hint annotation: functions out of order")]
    [InlineData("\\01\\00\\00", "unknown function 0")]
    [InlineData("\\01\\02\\00", "unknown function 2")]
    public void HintsForNoBranch_AreInvalid(string contents, string message) =>
        Assert.StartsWith(
            message, Assert.Throws<WasmValidationException>(() => Validate("metadata.code.branch_hint", contents)).Message, StringComparison.Ordinal);

    private static void Validate(string name, string contents)
    {
        ModuleInfo module = ModuleReader.Parse(Wat.Compile($"{Module} (@custom \"{name}\" \"{contents}\")"));
        ModuleValidator.Validate(module);
        CustomSectionValidator.Validate(module);
    }
}
