using Xunit;

namespace Wizer.Engine.Tests.Code;

/// <summary>What the walker tells of structured control flow. Label 0 is the function's; a targeted one has an exclamation mark.</summary>
public sealed class BodyWalkerTests
{
    [Theory]
    [InlineData("(block (br 0) (drop (i32.const 1)) (block (nop) (br 1))) (drop (i32.const 2))",
        "block:1 to:1! end-unreached:1! i32.const drop end-function:0")]
    [InlineData("(block (unreachable) (drop (i32.const 1))) (drop (i32.const 2))", "block:1 unreachable end-unreached:1 end-function-unreached:0")]
    [InlineData("(loop (br 0)) (drop (i32.const 2))", "loop:1 to:1! end-loop:1! end-function-unreached:0")]
    [InlineData("(return) (if (i32.const 1) (then) (else))", "return end-function-unreached:0")]
    public void WhatCannotBeReached_IsLeftOut(string body, string expected) => Assert.Equal(expected, Walk(body));

    [Theory]
    [InlineData("(if (i32.const 1) (then))", "i32.const if:1 to:1! else:1! end:1! end-function:0")]
    [InlineData("(if (i32.const 1) (then) (else))", "i32.const if:1 to:1! else:1! end:1! end-function:0")]
    [InlineData("(if (i32.const 1) (then (return)) (else))", "i32.const if:1 return else:1 end:1 end-function:0")]
    [InlineData("(if (i32.const 1) (then) (else (return)))", "i32.const if:1 to:1! else:1! return end-unreached:1! end-function:0")]
    [InlineData("(if (i32.const 1) (then (return)) (else (return)))",
        "i32.const if:1 return else:1 return end-unreached:1 end-function-unreached:0")]
    public void BothArms_MeetAtTheEnd(string body, string expected) => Assert.Equal(expected, Walk(body));

    [Theory]
    [InlineData("(block (block (br_table 0 1 2 (i32.const 0))))", "block:1 block:2 i32.const case:2! case:1! default:0! end-unreached:2! end:1! end-function:0!")]
    [InlineData("(block (br_if 1 (i32.const 0)))", "block:1 i32.const if-to:0! end:1 end-function:0!")]
    public void Branches_MarkTheirLabels(string body, string expected) => Assert.Equal(expected, Walk(body));

    [Theory]
    [InlineData("(block (try_table (catch_all 1)))")]
    [InlineData("(return_call 0)")]
    [InlineData("(throw 0)")]
    public void WhatADerivingClassLeavesToTheBase_IsDeclined(string body) => Assert.EndsWith(" declined", $" {Walk(body)}");

    [Theory]
    [InlineData("(return) (block (try_table (catch_all 1)))", "return end-function-unreached:0")]
    [InlineData("(return) (return_call 0)", "return end-function-unreached:0")]
    public void WhatIsDeclined_IsNotMissedWhereItCannotBeReached(string body, string expected) => Assert.Equal(expected, Walk(body));

    [Fact]
    public void Locals_LieOneBehindTheOther_AVectorInTwoSlots()
    {
        var walker = new RecordingWalker("(module (func (param i32 v128) (local f64) (local v128 i64)))");
        walker.Start();
        Assert.Equal([0, 1, 3, 4, 6], Enumerable.Range(0, walker.Layout.Count).Select(walker.Layout.SlotOf));
        Assert.Equal(7, walker.Layout.SlotCount);
    }

    private static string Walk(string body) => RecordingWalker.Walk($"(module (tag) (func {body}))");
}
