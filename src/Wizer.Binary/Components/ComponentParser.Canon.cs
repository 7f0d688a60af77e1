namespace Wizer.Binary.Components;

// Component Model, Binary Format: Canonical Definitions.
internal sealed partial class ComponentParser
{
    private CanonDefinition ReadCanon(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        var kind = (CanonKind)reader.ReadByte();
        CanonDefinition canon = ReadCanon(kind, ref reader, start);

        // The end is known only now.
        return canon with { Range = RangeFrom(start, ref reader) };
    }

    private CanonDefinition ReadCanon(CanonKind kind, ref WasmReader reader, int start)
    {
        var range = new ByteRange(start, 0);
        switch (kind)
        {
            case CanonKind.Lift:
                ReadFuncSort(ref reader, "canonical function lift");
                uint func = ReadIndex(ref reader, Sort.CoreFunc);
                CanonOption[] options = ReadOptions(ref reader);
                return new CanonDefinition(range, kind)
                {
                    FuncIndex = func,
                    Options = options,
                    TypeIndex = ReadIndex(ref reader, Sort.Type),
                };

            case CanonKind.Lower:
                ReadFuncSort(ref reader, "canonical function lower");
                func = ReadIndex(ref reader, Sort.Func);
                return new CanonDefinition(range, kind) { FuncIndex = func, Options = ReadOptions(ref reader) };

            case CanonKind.ResourceNew or CanonKind.ResourceDrop or CanonKind.ResourceRep:
            case CanonKind.StreamNew or CanonKind.StreamDropReadable or CanonKind.StreamDropWritable:
            case CanonKind.FutureNew or CanonKind.FutureDropReadable or CanonKind.FutureDropWritable:
                return new CanonDefinition(range, kind) { TypeIndex = ReadIndex(ref reader, Sort.Type) };

            case CanonKind.StreamRead or CanonKind.StreamWrite or CanonKind.FutureRead or CanonKind.FutureWrite:
                uint type = ReadIndex(ref reader, Sort.Type);
                return new CanonDefinition(range, kind) { TypeIndex = type, Options = ReadOptions(ref reader) };

            case CanonKind.StreamCancelRead or CanonKind.StreamCancelWrite:
            case CanonKind.FutureCancelRead or CanonKind.FutureCancelWrite:
                type = ReadIndex(ref reader, Sort.Type);
                return new CanonDefinition(range, kind) { TypeIndex = type, Flag = ReadFlag(ref reader) };

            case CanonKind.TaskReturn:
                ComponentValType? result = ReadResultList(ref reader);
                return new CanonDefinition(range, kind) { Result = result, Options = ReadOptions(ref reader) };

            case CanonKind.ContextGet or CanonKind.ContextSet:
                ValType contextType = TypeReader.ReadValType(ref reader);
                return new CanonDefinition(range, kind) { ContextType = contextType, ContextSlot = reader.ReadU32() };

            case CanonKind.ErrorContextNew or CanonKind.ErrorContextDebugMessage:
                return new CanonDefinition(range, kind) { Options = ReadOptions(ref reader) };

            case CanonKind.WaitableSetWait or CanonKind.WaitableSetPoll:
                bool flag = ReadFlag(ref reader);
                return new CanonDefinition(range, kind) { Flag = flag, MemoryIndex = ReadIndex(ref reader, Sort.CoreMemory) };

            case CanonKind.SubtaskCancel or CanonKind.ThreadYield or CanonKind.ThreadSuspend:
            case CanonKind.ThreadSuspendThenResume or CanonKind.ThreadYieldThenResume:
            case CanonKind.ThreadSuspendThenPromote or CanonKind.ThreadYieldThenPromote:
            case CanonKind.ThreadAvailableParallelism:
                return new CanonDefinition(range, kind) { Flag = ReadFlag(ref reader) };

            case CanonKind.ThreadNewIndirect:
                type = ReadIndex(ref reader, Sort.CoreType);
                return new CanonDefinition(range, kind) { TypeIndex = type, TableIndex = ReadIndex(ref reader, Sort.CoreTable) };

            case CanonKind.ThreadSpawnRef:
                flag = ReadFlag(ref reader);
                return new CanonDefinition(range, kind) { Flag = flag, TypeIndex = ReadIndex(ref reader, Sort.CoreType) };

            case CanonKind.ThreadSpawnIndirect:
                flag = ReadFlag(ref reader);
                type = ReadIndex(ref reader, Sort.CoreType);
                return new CanonDefinition(range, kind)
                {
                    Flag = flag,
                    TypeIndex = type,
                    TableIndex = ReadIndex(ref reader, Sort.CoreTable),
                };

            case CanonKind.TaskCancel or CanonKind.SubtaskDrop or CanonKind.ErrorContextDrop or CanonKind.WaitableSetNew:
            case CanonKind.WaitableSetDrop or CanonKind.WaitableJoin or CanonKind.BackpressureInc or CanonKind.BackpressureDec:
            case CanonKind.ThreadIndex or CanonKind.ThreadResumeLater:
                return new CanonDefinition(range, kind);

            default:
                InvalidLeadingByte((byte)kind, "canonical function", start);
                return null;
        }
    }

    // What is lifted or lowered is always a function, but the format leaves room for other sorts.
    private static void ReadFuncSort(ref WasmReader reader, string what)
    {
        long at = reader.Offset;
        byte code = reader.ReadByte();
        if (code != 0x00)
        {
            InvalidLeadingByte(code, what, at);
        }
    }

    private CanonOption[] ReadOptions(ref WasmReader reader)
    {
        int count = reader.ReadCount(ComponentLimits.MaxOptions, "canonical options");
        var options = new ItemList<CanonOption>(count);
        for (int i = 0; i < count; i++)
        {
            long at = reader.Offset;
            byte code = reader.ReadByte();
            uint index = 0;
            switch ((CanonOptionKind)code)
            {
                case CanonOptionKind.Utf8 or CanonOptionKind.Utf16 or CanonOptionKind.Latin1Utf16 or CanonOptionKind.Async:
                    break;
                case CanonOptionKind.Memory:
                    index = ReadIndex(ref reader, Sort.CoreMemory);
                    break;
                case CanonOptionKind.Realloc or CanonOptionKind.PostReturn or CanonOptionKind.Callback:
                    index = ReadIndex(ref reader, Sort.CoreFunc);
                    break;
                default:
                    InvalidLeadingByte(code, "canonical option", at);
                    break;
            }

            options.Add(new CanonOption((CanonOptionKind)code, index));
        }

        return options.ToArray();
    }
}
