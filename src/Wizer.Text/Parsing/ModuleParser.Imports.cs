using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// Imports, alone and in groups: <c>(import "m" "n" type)</c>; <c>(import "m" (item "n" type) …)</c>, which share the module; and
/// <c>(import "m" (item "n") … type)</c>, which share the type as well and so cannot have identifiers. Core 3.0, Text Format:
/// Imports; compact import section proposal.
/// </summary>
internal ref partial struct ModuleParser
{
    // In the place of a kind, behind an empty name.
    private const byte SharedModule = 0x7f;
    private const byte SharedType = 0x7e;

    private void EncodeImport()
    {
        WasmWriter output = _sections.Add(SectionId.Import);
        WriteName(output);
        if (_cursor.Kind == TokenKind.String)
        {
            WriteName(output);
            EncodeExternType(output, count: 1);
            return;
        }

        int items = _cursor.Position;
        uint count = 0;
        for (; _cursor.AtGroup("item"u8); count++)
        {
            _cursor.SkipGroup();
        }

        output.WriteU32(0);
        bool sharesType = _cursor.Kind == TokenKind.LeftParen;
        output.WriteByte(sharesType ? SharedType : SharedModule);
        if (sharesType)
        {
            EncodeExternType(output, count);
        }

        int end = _cursor.Position;
        output.WriteU32(count);
        _cursor.Position = items;
        while (_cursor.TryOpen("item"u8))
        {
            WriteName(output);
            if (!sharesType)
            {
                EncodeExternType(output, count: 1);
            }

            _cursor.Close();
        }

        _cursor.Position = end;
    }

    private void EncodeExternType(WasmWriter output, uint count)
    {
        FieldKind kind = FieldKinds.TakeExtern(ref _cursor);
        _cursor.SkipId();
        EncodeExternType(output, kind, count);
        _cursor.Close();
    }

    /// <summary>Takes the type of imports, which as many indices of its kind are used up for.</summary>
    private void EncodeExternType(WasmWriter output, FieldKind kind, uint count)
    {
        switch (kind)
        {
            case FieldKind.Func:
                output.WriteByte((byte)ExternKind.Func);
                _names.Locals.Clear();
                output.WriteU32(_typeEncoder.TakeTypeUse(ref _cursor, bind: true));
                if (count == 1)
                {
                    // Of several functions, none in particular has parameters with these names.
                    KeepLocalNames(_nextFunc);
                }

                _nextFunc += count;
                break;
            case FieldKind.Table:
                _nextTable += count;
                output.WriteByte((byte)ExternKind.Table);
                Limits limits = TakeLimits(TakeAddressType());
                output.WriteTableType(new TableType(_valTypes.TakeRefType(ref _cursor), limits));
                break;
            case FieldKind.Memory:
                _nextMemory += count;
                output.WriteByte((byte)ExternKind.Memory);
                limits = TakeLimits(TakeAddressType());
                output.WriteMemoryType(new MemoryType(limits, TakePageSize()));
                break;
            case FieldKind.Global:
                _nextGlobal += count;
                output.WriteByte((byte)ExternKind.Global);
                output.WriteGlobalType(TakeGlobalType());
                break;
            default:
                _nextTag += count;
                output.WriteByte((byte)ExternKind.Tag);
                output.WriteByte(0);
                output.WriteU32(_typeEncoder.TakeTypeUse(ref _cursor));
                break;
        }
    }
}
