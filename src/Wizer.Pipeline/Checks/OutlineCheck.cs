using System.Diagnostics;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Looks at the frame of what the pipeline has written, in every build, since that costs nothing: whether the sections stand in
/// order and add up, and whether there are no more items in them than engines accept. <see cref="OutputCheck"/> looks at the rest.
/// </summary>
internal static class OutlineCheck
{
    private const int PreambleLength = 8;

    /// <summary>Checks a module.</summary>
    /// <exception cref="UnreachableException">Something is wrong with it: a defect of the pipeline.</exception>
    internal static void Check(ModuleSlices module)
    {
        var cursor = new Cursor(module);
        cursor.Skip(PreambleLength);
        int lastOrder = 0;
        uint dataCount = 0;
        uint announced = 0;
        bool isAnnounced = false;
        while (cursor.Offset < module.ByteLength)
        {
            byte id = cursor.ReadByte();
            uint size = cursor.ReadU32();
            long end = cursor.Offset + size;
            if (end > module.ByteLength)
            {
                Fail($"section {id} is longer than the module");
            }

            if (id != (byte)SectionId.Custom)
            {
                int order = ModuleReader.OrderOf(id);
                if (order <= lastOrder)
                {
                    Fail($"section {id} is out of order");
                }

                lastOrder = order;
                uint count = cursor.ReadU32();
                CheckCount((SectionId)id, count);
                dataCount = id == (byte)SectionId.Data ? count : dataCount;
                if (id == (byte)SectionId.DataCount)
                {
                    announced = count;
                    isAnnounced = true;
                }
            }

            cursor.Skip(end - cursor.Offset);
        }

        if (isAnnounced && announced != dataCount)
        {
            Fail($"{announced} data segments are announced, but there are {dataCount}");
        }
    }

    private static void CheckCount(SectionId id, uint count)
    {
        int most = id switch
        {
            SectionId.Memory => WasmLimits.MaxMemories,
            SectionId.Global => WasmLimits.MaxGlobals,
            SectionId.Export => WasmLimits.MaxExports,
            SectionId.Element => WasmLimits.MaxElementSegments,
            SectionId.Data => WasmLimits.MaxDataSegments,
            _ => int.MaxValue,
        };
        if (count > most)
        {
            Fail($"{count} items in the {id} section");
        }
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void Fail(string what) => throw new UnreachableException($"the module that Wizer wrote is invalid: {what}");

    /// <summary>Reads over slices, most of which it never touches.</summary>
    private ref struct Cursor(ModuleSlices module)
    {
        private int _slice;
        private long _at;

        internal long Offset { get; private set; }

        internal byte ReadByte()
        {
            if (Offset >= module.ByteLength)
            {
                Fail("it ends within a section");
            }

            byte value = module.PieceAt(_slice).Span[(int)_at];
            Skip(1);
            return value;
        }

        internal uint ReadU32()
        {
            ulong value = 0;
            for (int shift = 0; shift < 35; shift += 7)
            {
                byte next = ReadByte();
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                {
                    break;
                }
            }

            return (uint)value;
        }

        internal void Skip(long byteLength)
        {
            if (byteLength < 0)
            {
                Fail("a section is too short");
            }

            Offset += byteLength;
            long at = _at + byteLength;
            while (_slice < module.PieceCount && at >= module.PieceLength(_slice))
            {
                at -= module.PieceLength(_slice);
                _slice++;
            }

            _at = at;
        }
    }
}
