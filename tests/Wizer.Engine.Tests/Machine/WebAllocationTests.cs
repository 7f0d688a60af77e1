using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Layout;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Which webs get registers, without a function around them: web <c>i</c> is of local <c>i</c>.</summary>
public sealed class WebAllocationTests
{
    private const int PositionCount = 200;
    private const int ScratchCount = 4;
    private const int KeptCount = 3;
    private const int SparedCount = 1;
    private const int VectorCount = 10;

    [Fact]
    public void WebsThatLiveTogether_HaveDifferentRegisters()
    {
        WebAllocation allocation = Allocate(SlotType.I32, [], (10, 0, 50), (10, 49, 90), (10, 20, 60));
        Assert.Equal(3, Distinct(allocation, 3));
    }

    [Fact]
    public void WebsThatFollowEachOther_ShareARegister()
    {
        WebAllocation allocation = Allocate(SlotType.I64, [], (10, 0, 50), (10, 50, 90), (10, 130, 160));
        Assert.Equal(1, Distinct(allocation, 3));
    }

    [Fact]
    public void AWebWithAGap_LeavesItsRegisterToOthersThere()
    {
        var allocation = new WebAllocation();
        allocation.Reset(2, PositionCount, [], []);
        Use(allocation, 0, 10);
        allocation.AddRange(0, 0, 40, weight: 10);
        allocation.AddRange(0, 140, 180, weight: 10);
        Use(allocation, 1, 10);
        allocation.AddRange(1, 40, 140, weight: 10);
        allocation.Run(Locals(SlotType.I32, SlotType.I32));
        Assert.Equal(1, Distinct(allocation, 2));
    }

    [Theory]
    [InlineData(nameof(SlotType.I32), ScratchCount + KeptCount + SparedCount)]
    [InlineData(nameof(SlotType.F64), VectorCount)]
    [InlineData(nameof(SlotType.V128), VectorCount)]
    public void TheLeastUsedWebs_StayInSlots_WhenThereAreNoMoreRegisters(string type, int registerCount)
    {
        // Each is used more often than the one before, along the same code.
        int count = registerCount + 3;
        WebAllocation allocation = Allocate(Enum.Parse<SlotType>(type), [], [.. Enumerable.Range(0, count).Select(i => (100 + (10 * i), 0, 100))]);
        for (int web = 0; web < count; web++)
        {
            Assert.Equal(web < 3, allocation.LocationOf(web) == LocalAnalysis.InSlot);
        }

        Assert.Equal(registerCount, Distinct(allocation, count) - 1);
    }

    [Fact]
    public void AShortWeb_ComesBeforeALongOneOfTheSameUses()
    {
        var webs = new (int Weight, int Start, int End)[VectorCount + 1];
        Array.Fill(webs, (50, 0, 20));
        webs[0] = (50, 0, 180);
        WebAllocation allocation = Allocate(SlotType.F32, [], webs);
        Assert.Equal(LocalAnalysis.InSlot, allocation.LocationOf(0));
    }

    // Where a loop is left, its webs may live long: that is not what they are chosen by.
    [Fact]
    public void AWebThatLivesOnBehindALoop_IsChosenByTheLoop()
    {
        const int Hot = 64;
        var allocation = new WebAllocation();
        allocation.Reset(VectorCount + 1, PositionCount, [], []);
        for (int web = 0; web <= VectorCount; web++)
        {
            Use(allocation, web, Hot);
            allocation.AddRange(web, 0, web == 0 ? 10 : 20, Hot);
        }

        allocation.AddRange(0, 20, 100, weight: 1);
        allocation.Run(Locals([.. Enumerable.Repeat(SlotType.F64, VectorCount + 1)]));
        Assert.NotEqual(LocalAnalysis.InSlot, allocation.LocationOf(0));
    }

    // Operands have one register less then.
    [Theory]
    [InlineData(16, false)]
    [InlineData(17, true)]
    public void ARegisterOfTheOperands_IsForWebsThatAreWorthIt(int weight, bool isTaken)
    {
        var webs = new (int Weight, int Start, int End)[ScratchCount + KeptCount + SparedCount];
        Array.Fill(webs, (weight, 0, 100));
        WebAllocation allocation = Allocate(SlotType.I32, [], webs);
        Assert.Equal(isTaken, (allocation.UsedRegisters & (1u << (int)Gpr.Rdi)) != 0);
    }

    [Fact]
    public void AWebThatNobodyReads_IsDead()
    {
        var allocation = new WebAllocation();
        allocation.Reset(1, PositionCount, [], []);
        allocation.AddUse(0, 0, weight: 10, isRead: false);
        allocation.AddRange(0, 0, 10, weight: 10);
        allocation.Run(Locals(SlotType.I32));
        Assert.Equal(LocalAnalysis.Dead, allocation.LocationOf(0));
        Assert.Equal(0u, allocation.UsedRegisters);
    }

    [Fact]
    public void AnIntegerAcrossACall_HasARegisterThatCalleesKeep()
    {
        // The second does not live across it.
        WebAllocation allocation = Allocate(SlotType.I32, [60], (10, 0, 100), (10, 0, 50));
        Assert.Contains((Gpr)allocation.LocationOf(0), new[] { Gpr.Rbp, Gpr.R12, Gpr.R13 });
        Assert.Contains((Gpr)allocation.LocationOf(1), new[] { Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11 });
        Assert.Empty(SavedAcross(allocation, 0));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(1, false)] // saving it would take more than it saves
    public void AVectorAcrossACall_IsSavedAroundIt_WhenItIsWorthThat(int weight, bool isSaved)
    {
        WebAllocation allocation = Allocate(SlotType.V128, [60, 150], (weight, 0, 100));
        int[] expected = isSaved ? [LocalAnalysis.Pack(0, allocation.LocationOf(0))] : [];
        Assert.Equal(!isSaved, allocation.LocationOf(0) == LocalAnalysis.InSlot);
        Assert.Equal(expected, SavedAcross(allocation, 0));
        Assert.Empty(SavedAcross(allocation, 1));
    }

    private static WebAllocation Allocate(SlotType type, int[] calls, params (int Weight, int Start, int End)[] webs)
    {
        var allocation = new WebAllocation();
        int[] callWeights = new int[calls.Length];
        Array.Fill(callWeights, 5);
        allocation.Reset(webs.Length, PositionCount, calls, callWeights);
        for (int web = 0; web < webs.Length; web++)
        {
            Use(allocation, web, webs[web].Weight);
            allocation.AddRange(web, webs[web].Start, webs[web].End, webs[web].Weight);
        }

        SlotType[] types = new SlotType[webs.Length];
        Array.Fill(types, type);
        allocation.Run(Locals(types));
        return allocation;
    }

    // As parameters of a function that declares no others.
    private static LocalLayout Locals(params SlotType[] types)
    {
        ValType[] parameters = [.. types.Select(type => type switch
        {
            SlotType.I32 => ValType.I32,
            SlotType.I64 => ValType.I64,
            SlotType.F32 => ValType.F32,
            SlotType.F64 => ValType.F64,
            _ => ValType.V128,
        })];
        var reader = new WasmReader([0], 0);
        var locals = new LocalLayout();
        Assert.True(locals.TryRead(ref reader, new FuncType(parameters, []), maxCount: 100));
        return locals;
    }

    private static void Use(WebAllocation allocation, int web, int weight) => allocation.AddUse(web, local: web, weight, isRead: true);

    private static int Distinct(WebAllocation allocation, int count) =>
        Enumerable.Range(0, count).Select(web => allocation.LocationOf(web)).Distinct().Count();

    private static List<int> SavedAcross(WebAllocation allocation, int call)
    {
        var saved = new List<int>();
        allocation.SavedAcross(call, saved);
        return saved;
    }
}
