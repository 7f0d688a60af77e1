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
        bool isVector = opcode is Opcode.V128Load or Opcode.V128Store;
        if (_memoryBase == null || instruction.Index != 0
            || !(isVector || opcode is >= Opcode.I32Load and <= Opcode.I64Store32))
        {
            return false;
        }

        bool isStore = opcode >= Opcode.I32Store && opcode != Opcode.V128Load;
        Node? value = isStore ? Pop() : null;
        EmitAddress(Pop(), instruction.Value, (ulong)OpcodeTable.Width(opcode));
        if (isStore)
        {
            EmitNode(value!);
            EmitStore(opcode);
        }
        else
        {
            PushResult(EmitLoad(opcode));
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
                LocalBuilder temp = Rent(SlotType.I64);
                EmitNode(address);
                _il.Emit(OpCodes.Conv_U8);
                _il.Store(temp);
                _il.Load(temp);
                TrapUnlessInMemory(end, temp, offset);
                _il.Load(_memoryBase!);
                _il.Load(temp);
                Free(SlotType.I64, temp);
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

    private SlotType EmitLoad(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32Load:
                _il.Emit(OpCodes.Ldind_I4);
                return SlotType.I32;
            case Opcode.I32Load8S:
                _il.Emit(OpCodes.Ldind_I1);
                return SlotType.I32;
            case Opcode.I32Load8U:
                _il.Emit(OpCodes.Ldind_U1);
                return SlotType.I32;
            case Opcode.I32Load16S:
                _il.Emit(OpCodes.Ldind_I2);
                return SlotType.I32;
            case Opcode.I32Load16U:
                _il.Emit(OpCodes.Ldind_U2);
                return SlotType.I32;
            case Opcode.I64Load:
                _il.Emit(OpCodes.Ldind_I8);
                return SlotType.I64;
            case Opcode.I64Load8S:
                _il.Emit(OpCodes.Ldind_I1);
                _il.Emit(OpCodes.Conv_I8);
                return SlotType.I64;
            case Opcode.I64Load8U:
                _il.Emit(OpCodes.Ldind_U1);
                _il.Emit(OpCodes.Conv_U8);
                return SlotType.I64;
            case Opcode.I64Load16S:
                _il.Emit(OpCodes.Ldind_I2);
                _il.Emit(OpCodes.Conv_I8);
                return SlotType.I64;
            case Opcode.I64Load16U:
                _il.Emit(OpCodes.Ldind_U2);
                _il.Emit(OpCodes.Conv_U8);
                return SlotType.I64;
            case Opcode.I64Load32S:
                _il.Emit(OpCodes.Ldind_I4);
                _il.Emit(OpCodes.Conv_I8);
                return SlotType.I64;
            case Opcode.I64Load32U:
                _il.Emit(OpCodes.Ldind_U4);
                _il.Emit(OpCodes.Conv_U8);
                return SlotType.I64;
            case Opcode.F32Load:
                _il.Emit(OpCodes.Ldind_R4);
                return SlotType.F32;
            case Opcode.F64Load:
                _il.Emit(OpCodes.Ldind_R8);
                return SlotType.F64;
            default:
                _il.Object(OpCodes.Ldobj, SlotTypes.ClrType(SlotType.V128));
                return SlotType.V128;
        }
    }

    private void EmitStore(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32Store or Opcode.I64Store32:
                _il.Emit(OpCodes.Stind_I4);
                break;
            case Opcode.I64Store:
                _il.Emit(OpCodes.Stind_I8);
                break;
            case Opcode.F32Store:
                _il.Emit(OpCodes.Stind_R4);
                break;
            case Opcode.F64Store:
                _il.Emit(OpCodes.Stind_R8);
                break;
            case Opcode.I32Store8 or Opcode.I64Store8:
                _il.Emit(OpCodes.Stind_I1);
                break;
            case Opcode.I32Store16 or Opcode.I64Store16:
                _il.Emit(OpCodes.Stind_I2);
                break;
            default:
                _il.Object(OpCodes.Stobj, SlotTypes.ClrType(SlotType.V128));
                break;
        }
    }
}
