using System.Reflection.Emit;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

// Loads and stores of the first memory, with its base and length in locals. Memories never shrink: an access that was checked
// speaks for later ones at the same local, as long as that does not change.
internal sealed unsafe partial class MethodCompiler
{
    private LocalBuilder? _memoryBase;
    private LocalBuilder? _memoryLength;
    private bool _canMemoryGrow;
    private bool _canMemoryMove;
    private ulong _knownMemoryLength;

    // The end of what is known to be in bounds above each local, and what the code looked like when it was found out.
    private ulong[] _checkedEnds = [];
    private int[] _checkedAt = [];
    private int _checkEpoch = 1;

    private void DeclareMemory()
    {
        if (Module.Memories.Length == 0 || Module.Memories[0].Type.Limits.Is64)
        {
            return;
        }

        MemoryData* memory = Instance->Memories[0];
        _memoryBase = _il.DeclareLocal(typeof(long));
        _memoryLength = _il.DeclareLocal(typeof(long));
        _knownMemoryLength = memory->ByteLength;
        _canMemoryGrow = memory->ByteLength < memory->MaxByteLength;
        _canMemoryMove = memory->ReservedByteLength == 0;
    }

    private void LoadMemory()
    {
        if (_memoryBase != null)
        {
            LoadContext(ContextOffsets.Memory);
            _il.Store(_memoryBase);
            LoadContext(ContextOffsets.MemoryLength);
            _il.Store(_memoryLength!);
        }
    }

    /// <summary>Something ran that may have grown the memory.</summary>
    private void ReloadMemory()
    {
        if (_memoryBase == null || !_canMemoryGrow)
        {
            return;
        }

        if (_canMemoryMove)
        {
            LoadContext(ContextOffsets.Memory);
            _il.Store(_memoryBase);
        }

        LoadContext(ContextOffsets.MemoryLength);
        _il.Store(_memoryLength!);
    }

    private void ForgetChecked(int local) => _checkedAt[local] = 0;

    /// <summary>Control flows together here.</summary>
    private void ForgetAllChecked() => _checkEpoch++;

    private bool TryAccess(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        if (_memoryBase == null || instruction.Index != 0 || !CilOperations.IsAccess(opcode))
        {
            return false;
        }

        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        Node? value = signature.OperandCount > 1 ? Pop() : null;
        EmitAddress(Pop(), instruction.Value, (ulong)OpcodeTable.Width(opcode));
        if (value != null)
        {
            EmitNode(value);
        }

        if (OpcodeTable.Immediates(opcode) == ImmediateKind.MemArgLane)
        {
            _il.Int32((int)instruction.Index2);
        }

        CilOperations.TryEmitAccess(_il, opcode);
        if (signature.Result != OpcodeSignature.Nothing)
        {
            PushResult(SlotTypes.OfCode(signature.Result));
        }

        return true;
    }

    /// <summary>Checks an access and puts where it goes on CIL's stack.</summary>
    private void EmitAddress(Node address, ulong offset, ulong width)
    {
        ulong end = offset + width;
        switch (address.Kind)
        {
            case NodeKind.Const:
                ulong at = (uint)address.Bits + offset;
                if (at + width > _knownMemoryLength)
                {
                    _il.Int64((long)(at + width));
                    TrapIfBeyondMemory(null, at);
                }

                _il.Load(_memoryBase!);
                _il.AddOffset((long)at);
                return;

            case NodeKind.Local:
                var local = (int)address.Bits;
                Discard(address);
                if (_checkedAt[local] != _checkEpoch || _checkedEnds[local] < end)
                {
                    LoadZeroExtended(_locals[local]);
                    TrapUnlessInMemory(end, _locals[local], offset);
                    _checkedAt[local] = _checkEpoch;
                    _checkedEnds[local] = end;
                }

                _il.Load(_memoryBase!);
                LoadZeroExtended(_locals[local]);
                break;

            default:
                LocalBuilder temp = _temporaries.Rent(SlotType.I64);
                EmitNode(address);
                _il.Emit(OpCodes.Conv_U8);
                _il.Store(temp);
                _il.Load(temp);
                TrapUnlessInMemory(end, temp, offset);
                _il.Load(_memoryBase!);
                _il.Load(temp);
                _temporaries.Free(SlotType.I64, temp);
                break;
        }

        _il.Emit(OpCodes.Add);
        _il.AddOffset((long)offset);
    }

    private void LoadZeroExtended(LocalBuilder local)
    {
        _il.Load(local);
        _il.Emit(OpCodes.Conv_U8);
    }

    /// <summary>Checks the address on CIL's stack, which the local has as well.</summary>
    private void TrapUnlessInMemory(ulong end, LocalBuilder index, ulong offset)
    {
        if (end > _knownMemoryLength)
        {
            _il.AddOffset((long)end);
            TrapIfBeyondMemory(index, offset);
            return;
        }

        // The memory is larger than that: then the other side can be computed outside of loops.
        _il.Load(_memoryLength!);
        _il.Int64((long)end);
        _il.Emit(OpCodes.Sub);
        _il.Branch(OpCodes.Bgt_Un, AddressLabel(index, offset));
    }

    private void TrapIfBeyondMemory(LocalBuilder? index, ulong offset)
    {
        _il.Load(_memoryLength!);
        _il.Branch(OpCodes.Bgt_Un, AddressLabel(index, offset));
    }

    // What the local has at the branch: it may be used for something else afterwards.
    private Label AddressLabel(LocalBuilder? index, ulong offset)
    {
        var site = new Site
        {
            Kind = SiteKind.Trap,
            Trap = TrapKind.MemoryOutOfBounds,
            Offset = Offset,
            Label = _il.DefineLabel(),
            HasAddress = true,
            Index = index,
            AddressOffset = offset,
        };
        _sites.Add(site);
        return site.Label;
    }

    private void NoteAddress(Site site)
    {
        _il.LoadArgument(ContextArgument);
        _il.AddOffset(ContextOffsets.FaultAddress);
        if (site.Index == null)
        {
            _il.Int64((long)site.AddressOffset);
        }
        else
        {
            LoadZeroExtended(site.Index);
            _il.Int64((long)site.AddressOffset);
            _il.Emit(OpCodes.Add);
        }

        _il.Emit(OpCodes.Stind_I8);
    }
}
