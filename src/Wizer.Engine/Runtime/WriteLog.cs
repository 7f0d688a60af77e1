using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Runtime;

/// <summary>
/// Who wrote each part of the memories last: for every eight bytes the stack of functions that was active then. Everything is interpreted
/// meanwhile, and every store goes through a helper, which tells this.
/// </summary>
/// <remarks>
/// Hundreds of millions of stores need their stack. Most have nearly that of the one before: it is kept with where each frame says what it
/// returns to, and what is still there, from the outermost frame on, is still the same; only the frames within are looked at.
/// </remarks>
internal sealed unsafe class WriteLog(InterpreterHost host) : IWriteLog
{
    /// <summary>How many bytes are told apart.</summary>
    internal const int GranuleByteLength = 8;

    private const int PageGranuleCount = 8192;

    private readonly Dictionary<nint, List<int[]?>> _memories = [];
    private readonly List<Level> _walked = [];
    private Level[] _levels = new Level[64];
    private int _levelCount;
    private ushort* _codeStart;
    private ushort* _codeEnd;
    private CodeArena.Piece? _piece;
    private nint _lastMemory;
    private List<int[]?> _lastPages = [];

    /// <summary>The stacks that wrote.</summary>
    internal StackTree Tree { get; } = new();

    /// <summary>
    /// The node in <see cref="Tree"/> of who wrote at an address of a memory last, or -1 when no function of the guest has.
    /// </summary>
    internal int FindWriter(MemoryData* memory, ulong address)
    {
        if (!_memories.TryGetValue((nint)memory, out List<int[]?>? pages))
        {
            return StackTree.Root;
        }

        ulong granule = address / GranuleByteLength;
        ulong page = granule / PageGranuleCount;
        return page < (ulong)pages.Count && pages[(int)page] is { } nodes ? nodes[granule % PageGranuleCount] - 1 : StackTree.Root;
    }

    /// <inheritdoc/>
    public void Note(GuestContext* context, ulong* fp, ushort* ip)
    {
        var opcode = (Opcode)ip[1];
        InstanceData* instance = context->Instance;
        uint i = *(uint*)(ip + 6);
        ulong a = fp[ip[3]];
        switch (opcode)
        {
            case Opcode.MemoryFill or Opcode.MemoryCopy:
                Note(context, fp, ip, instance->Memories[i], a, fp[ip[5]]);
                return;
            case Opcode.MemoryInit:
                Note(context, fp, ip, instance->Memories[*(uint*)(ip + 8)], a, fp[ip[5]]);
                return;
        }

        switch (OpcodeTable.Family(opcode))
        {
            case OpcodeFamily.Load or OpcodeFamily.AtomicLoad or OpcodeFamily.AtomicWait or OpcodeFamily.AtomicNotify:
                return;
            default:
                if (OpcodeTable.Immediates(opcode) == ImmediateKind.MemArg)
                {
                    Note(context, fp, ip, instance->Memories[i], a + *(ulong*)(ip + 10), (ulong)OpcodeTable.Width(opcode));
                }

                return;
        }
    }

    /// <inheritdoc/>
    public void NoteVector(GuestContext* context, ulong* fp, ushort* ip)
    {
        var opcode = (Opcode)ip[4];
        if (OpcodeTable.Family(opcode) is OpcodeFamily.VectorStore or OpcodeFamily.StoreLane)
        {
            MemoryData* memory = context->Instance->Memories[*(uint*)(ip + 6)];
            Note(context, fp, ip, memory, fp[ip[2]] + *(ulong*)(ip + 8), (ulong)OpcodeTable.Width(opcode));
        }
    }

    private void Note(GuestContext* context, ulong* fp, ushort* ip, MemoryData* memory, ulong address, ulong length)
    {
        // What is out of bounds traps, and is no write.
        if (length == 0 || length > memory->ByteLength || address > memory->ByteLength - length)
        {
            return;
        }

        int node = FindNode(context, fp, ip) + 1;
        List<int[]?> pages = PagesOf(memory);
        ulong last = (address + length - 1) / GranuleByteLength;
        for (ulong granule = address / GranuleByteLength; granule <= last; granule++)
        {
            int page = (int)(granule / PageGranuleCount);
            while (page >= pages.Count)
            {
                pages.Add(null);
            }

            (pages[page] ??= new int[PageGranuleCount])[granule % PageGranuleCount] = node;
        }
    }

    private List<int[]?> PagesOf(MemoryData* memory)
    {
        if (_lastMemory != (nint)memory)
        {
            if (!_memories.TryGetValue((nint)memory, out List<int[]?>? pages))
            {
                _memories.Add((nint)memory, pages = []);
            }

            _lastMemory = (nint)memory;
            _lastPages = pages;
        }

        return _lastPages;
    }

    // The stack as it is now.
    private int FindNode(GuestContext* context, ulong* fp, ushort* ip)
    {
        // From the outermost frame on: as long as a frame says what it said, all without it are the same.
        int valid = 0;
        while (valid < _levelCount && _levels[valid].IsThere)
        {
            valid++;
        }

        _walked.Clear();
        ushort* code = ip;
        ulong* frame = fp;
        int back = 0;
        while (true)
        {
            bool isForeign = code == &context->ReturnForeignCode;
            CodeArena.Piece? piece = isForeign || code == null || code == &context->ExitCode ? null : PieceOf(code - back);
            if (piece == null && !isForeign)
            {
                valid = 0;
                break;
            }

            nint func = piece == null ? 0 : (nint)piece.Func;
            while (valid > 0 && _levels[valid - 1].Frame > frame)
            {
                valid--;
            }

            if (valid > 0 && _levels[valid - 1].Frame == frame && _levels[valid - 1].Func == func)
            {
                break;
            }

            ulong* saved = piece == null ? frame : frame + piece.Start[FrameHeader.SavedAt];
            _walked.Add(new Level { Frame = frame, Saved = saved, Code = saved[0], Outer = saved[1], Func = func });
            code = (ushort*)saved[0];
            frame = (ulong*)saved[1];
            back = 1;
        }

        _levelCount = valid;
        int node = valid == 0 ? StackTree.Root : _levels[valid - 1].Node;
        for (int i = _walked.Count - 1; i >= 0; i--)
        {
            Level level = _walked[i];
            node = level.Func == 0 ? node : Tree.ChildOf(node, level.Func);
            level.Node = node;
            Push(level);
        }

        return node;
    }

    private void Push(in Level level)
    {
        if (_levelCount == _levels.Length)
        {
            Array.Resize(ref _levels, 2 * _levels.Length);
        }

        _levels[_levelCount++] = level;
    }

    private CodeArena.Piece? PieceOf(ushort* code)
    {
        if (code < _codeStart || code >= _codeEnd)
        {
            _piece = host.Code.FindPiece(code);
            _codeStart = _piece == null ? null : _piece.Start;
            _codeEnd = _piece == null ? null : _piece.Start + _piece.Length;
        }

        return _piece;
    }

    // A frame of the interpreter, or the four slots of a call into another instance, which are no function's.
    private struct Level
    {
        public ulong* Frame;
        public ulong* Saved;
        public ulong Code;
        public ulong Outer;
        public nint Func;
        public int Node;

        public readonly bool IsThere => Saved[0] == Code && Saved[1] == Outer;
    }
}
