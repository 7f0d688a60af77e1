using System.Runtime.InteropServices;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;
using Wizer.TestSupport;

namespace Wizer.Engine.Tests.Code;

/// <summary>Notes what a walk comes to, a word for each.</summary>
internal sealed unsafe class RecordingWalker : BodyWalker<int>
{
    // The first function of a module without imports, of no instance.
    private static readonly FuncData* s_func = (FuncData*)NativeMemory.AllocZeroed((nuint)sizeof(FuncData));

    private readonly List<string> _words = [];
    private int _labelCount;

    internal RecordingWalker(string wat)
    {
        ModuleInfo module = ModuleReader.Parse(Wat.Compile(wat));
        ModuleValidator.Validate(module);
        Begin(s_func, module);
    }

    internal bool IsComplete { get; private set; }

    protected override int StackCount => 0;

    protected override bool TracksStack => false;

    /// <summary>The words of a walk through the module's first function.</summary>
    internal static string Walk(string wat)
    {
        var walker = new RecordingWalker(wat);
        walker.TryReadLocals(100, out WasmReader reader);
        walker.IsComplete = walker.Walk(reader);
        return string.Join(' ', walker._words) + (walker.IsComplete ? "" : " declined");
    }

    /// <summary>The first instruction; the locals are known from here on.</summary>
    internal WasmReader Start()
    {
        TryReadLocals(100, out WasmReader reader);
        return reader;
    }

    internal LocalLayout Layout => Locals;

    protected override int BaseSlotOf(int entryCount) => 0;

    protected override int NewLabel(BlockKind kind)
    {
        // The other kinds have a method of their own, when they have begun.
        if (kind == BlockKind.Block)
        {
            _words.Add($"block:{_labelCount}");
        }

        return _labelCount++;
    }

    protected override bool JoinsIfAtEnd => false;

    protected override bool TakesAll => false;

    protected override bool TakesFrameChanges => false;

    /// <inheritdoc/>
    protected override void Poll()
    {
    }

    protected override void Reached(in WasmReader reader)
    {
    }

    protected override void SettleStack()
    {
    }

    protected override void PopCondition()
    {
    }

    protected override void EnterLoop(ref Block block) => Note("loop", ref block);

    protected override void EnterIf(ref Block block) => Note("if", ref block);

    protected override void EnterElse(ref Block block) => Note("else", ref block);

    protected override void LeaveBlock(ref Block block) => Note(IsReachable ? "end" : "end-unreached", ref block);

    protected override void LeaveLoop(ref Block block) => Note("end-loop", ref block);

    protected override void LeaveFunction(ref Block block) => Note(IsReachable ? "end-function" : "end-function-unreached", ref block);

    protected override void Unreachable() => _words.Add("unreachable");

    protected override void Branch(ref Block label) => Note("to", ref label);

    protected override void BranchIf(ref Block label) => Note("if-to", ref label);

    protected override void BranchTable(ref Instruction instruction)
    {
        foreach (uint label in instruction.Labels)
        {
            Note("case", ref Target(label));
        }

        Note("default", ref Target(instruction.Index2));
    }

    protected override void Return() => _words.Add("return");

    protected override void BranchOnNull(ref Block label) => Note("null-to", ref label);

    protected override void BranchOnNonNull(ref Block label) => Note("non-null-to", ref label);

    protected override void Call(uint func) => _words.Add("call");

    protected override void CallIndirect(TypeIndex type, TableIndex table) => _words.Add("call-indirect");

    protected override void CallRef(uint type) => _words.Add("call-ref");

    protected override void LocalGet(int local) => _words.Add($"get{local}");

    protected override void LocalSet(int local) => _words.Add($"set{local}");

    protected override void LocalTee(int local) => _words.Add($"tee{local}");

    protected override void Plain(ref Instruction instruction) => _words.Add(OpcodeTable.Mnemonic(instruction.Opcode));

    private void Note(string word, ref Block block) => _words.Add($"{word}:{block.Label}{(block.IsTargeted ? "!" : "")}");
}
