using System.Text;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Function bodies and constant expressions, flat. Core 3.0, Text Format: Instructions.</summary>
internal sealed partial class ModulePrinter
{
    // As deep as a person can follow; a hostile nesting must not make lines, and with them the text, grow without bound.
    private const int MaxIndent = 40;
    private const uint MaxLocals = 50_000;

    private static readonly string s_spaces = new(' ', 4 + (2 * MaxIndent));

    // The names of the blocks around, innermost last; null for those without one.
    private readonly List<string?> _labels = [];
    private NameMap _localNames = NameMap.None;
    private NameMap _labelNames = NameMap.None;
    private uint _labelCount;

    private void PrintFuncs()
    {
        for (uint i = (uint)module.ImportedFuncCount; i < module.FuncTypeIndices.Length; i++)
        {
            _localNames = _names.LocalsOf(i);
            _labelNames = _names.LabelsOf(i);
            _labels.Clear();
            _labelCount = 0;
            output.Write($"  (func {Definition(_names.Funcs, i)} {TypeUse(module.FuncTypeIndices[i], _localNames)}");
            output.WriteLine();
            PrintBody(i);
            output.WriteLine("  )");
        }
    }

    private void PrintBody(uint funcIndex)
    {
        ByteRange body = module.BodyOf(funcIndex);
        uint typeIndex = module.FuncTypeIndices[funcIndex];
        var reader = new WasmReader(body.Of(Bytes), body.Offset);
        try
        {
            uint parameterCount = typeIndex < module.Types.Length && module.Types[typeIndex].Composite is FuncType func
                ? (uint)func.Parameters.Length
                : 0;
            PrintLocals(ref reader, parameterCount);
            while (!reader.IsAtEnd)
            {
                int start = reader.Position;
                InstructionReader.Read(ref reader, out Instruction instruction);
                if (instruction.Opcode == Opcode.End && reader.IsAtEnd && _labels.Count == 0)
                {
                    // The end of the body, which its parenthesis stands for.
                    return;
                }

                PrintLine(in instruction, funcIndex, start);
            }
        }
        catch (WasmException e)
        {
            output.WriteLine($"    ;; {e.Message}");
        }
    }

    private void PrintLocals(ref WasmReader reader, uint parameterCount)
    {
        List<ValType> types = [];
        for (int count = reader.ReadCount(); count > 0; count--)
        {
            uint run = reader.ReadU32();
            ValType type = TypeReader.ReadValType(ref reader);
            if (run > MaxLocals - (uint)types.Count)
            {
                output.WriteLine("    ;; too many locals");
                return;
            }

            types.AddRange(Enumerable.Repeat(type, (int)run));
        }

        if (types.Count != 0)
        {
            var text = new StringBuilder();
            TypeText.AppendTypes(text, "local", types.ToArray(), parameterCount, _localNames);
            output.WriteLine($"   {text}");
        }
    }

    private void PrintLine(in Instruction instruction, uint funcIndex, int start)
    {
        int depth = _labels.Count;
        switch (instruction.Opcode)
        {
            case Opcode.End or Opcode.Delegate when depth != 0:
                _labels.RemoveAt(--depth);
                break;
            case Opcode.Else or Opcode.Catch or Opcode.CatchAll when depth != 0:
                depth--;
                break;
        }

        output.Write(s_spaces.AsSpan(0, 4 + (2 * Math.Min(depth, MaxIndent))));
        PrintHint(funcIndex, start);
        PrintInstruction(in instruction);
        if (IsBlock(instruction.Opcode))
        {
            _labels.Add(_labelNames.IdOf(_labelCount++));
        }

        output.WriteLine();
    }

    private static bool IsBlock(Opcode opcode) =>
        opcode is Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable;

    /// <summary>
    /// Prints a constant expression: one instruction in its own parentheses, more of them after a keyword, if one is needed.
    /// </summary>
    private void PrintConstExpr(ByteRange range, string keyword)
    {
        var reader = new WasmReader(range.Of(Bytes), range.Offset);
        InstructionReader.Read(ref reader, out Instruction instruction);
        bool isSingle = reader.Position == range.Length - 1;
        if (isSingle && !IsBlock(instruction.Opcode))
        {
            output.Write('(');
            PrintInstruction(in instruction);
            output.Write(')');
            return;
        }

        if (keyword.Length != 0)
        {
            output.Write($"({keyword}");
        }

        reader.Position = 0;
        for (bool isFirst = keyword.Length == 0; reader.Position < range.Length - 1; isFirst = false)
        {
            InstructionReader.Read(ref reader, out instruction);
            output.Write(isFirst ? "" : " ");
            PrintInstruction(in instruction);
        }

        if (keyword.Length != 0)
        {
            output.Write(')');
        }
    }

    /// <summary>Prints mnemonic and immediates.</summary>
    private void PrintInstruction(in Instruction instruction)
    {
        output.Write(OpcodeTable.Mnemonic(instruction.Opcode));
        switch (OpcodeTable.Immediates(instruction.Opcode))
        {
            case ImmediateKind.None or ImmediateKind.Fence:
                break;
            case ImmediateKind.Local:
                output.Write($" {Ref(_localNames, instruction.Index)}");
                break;
            case ImmediateKind.Global:
                output.Write($" {Ref(_names.Globals, instruction.Index)}");
                break;
            case ImmediateKind.Func:
                output.Write($" {Ref(_names.Funcs, instruction.Index)}");
                break;
            case ImmediateKind.Type:
                output.Write($" {Ref(_names.Types, instruction.Index)}");
                break;
            case ImmediateKind.Tag:
                output.Write($" {Ref(_names.Tags, instruction.Index)}");
                break;
            case ImmediateKind.Data:
                output.Write($" {Ref(_names.Datas, instruction.Index)}");
                break;
            case ImmediateKind.Elem:
                output.Write($" {Ref(_names.Elems, instruction.Index)}");
                break;
            case ImmediateKind.Table:
                PrintOptional(_names.Tables, instruction.Index);
                break;
            case ImmediateKind.Memory:
                PrintOptional(_names.Memories, instruction.Index);
                break;
            case ImmediateKind.Label:
                output.Write($" {LabelRef(instruction.Index)}");
                break;
            case ImmediateKind.I32:
                output.Write($" {instruction.I32}");
                break;
            case ImmediateKind.I64:
                output.Write($" {instruction.I64}");
                break;
            case ImmediateKind.F32:
                output.Write($" {FloatText.OfF32((uint)instruction.Value)}");
                break;
            case ImmediateKind.F64:
                output.Write($" {FloatText.OfF64(instruction.Value)}");
                break;
            case ImmediateKind.MemArg:
                PrintMemArg(in instruction);
                break;
            case ImmediateKind.BlockType:
                PrintBlockHead(in instruction);
                break;
            default:
                PrintRareImmediates(in instruction);
                break;
        }
    }

    private void PrintRareImmediates(in Instruction instruction)
    {
        switch (OpcodeTable.Immediates(instruction.Opcode))
        {
            case ImmediateKind.BrTable:
                foreach (uint label in instruction.Labels)
                {
                    output.Write($" {LabelRef(label)}");
                }

                output.Write($" {LabelRef(instruction.Index2)}");
                break;
            case ImmediateKind.CallIndirect:
                PrintOptional(_names.Tables, instruction.Index2);
                output.Write($" (type {Ref(_names.Types, instruction.Index)})");
                break;
            case ImmediateKind.SelectTypes:
                output.Write(" (result");
                foreach (ValType type in instruction.Types)
                {
                    output.Write($" {Text(type)}");
                }

                output.Write(')');
                break;
            case ImmediateKind.HeapType:
                output.Write(
                    instruction.Opcode == Opcode.RefNull ? $" {Text(instruction.Type.HeapType)}" : $" {FullText(instruction.Type)}");
                break;
            case ImmediateKind.TryTable:
                PrintBlockHead(in instruction);
                PrintCatches(in instruction);
                break;
            case ImmediateKind.MemoryMemory:
                PrintPair(_names.Memories, in instruction);
                break;
            case ImmediateKind.TableTable:
                PrintPair(_names.Tables, in instruction);
                break;
            case ImmediateKind.DataMemory:
                PrintOptional(_names.Memories, instruction.Index2);
                output.Write($" {Ref(_names.Datas, instruction.Index)}");
                break;
            case ImmediateKind.ElemTable:
                PrintOptional(_names.Tables, instruction.Index2);
                output.Write($" {Ref(_names.Elems, instruction.Index)}");
                break;
            case ImmediateKind.TypeField:
                output.Write($" {Ref(_names.Types, instruction.Index)} {Ref(_names.FieldsOf(instruction.Index), instruction.Index2)}");
                break;
            case ImmediateKind.TypeCount:
                output.Write($" {Ref(_names.Types, instruction.Index)} {instruction.Index2}");
                break;
            case ImmediateKind.TypeData:
                output.Write($" {Ref(_names.Types, instruction.Index)} {Ref(_names.Datas, instruction.Index2)}");
                break;
            case ImmediateKind.TypeElem:
                output.Write($" {Ref(_names.Types, instruction.Index)} {Ref(_names.Elems, instruction.Index2)}");
                break;
            case ImmediateKind.TypeType:
                output.Write($" {Ref(_names.Types, instruction.Index)} {Ref(_names.Types, instruction.Index2)}");
                break;
            case ImmediateKind.BrOnCast:
                output.Write($" {LabelRef(instruction.Index)} {FullText(instruction.Type)} {FullText(instruction.Type2)}");
                break;
            case ImmediateKind.V128:
                output.Write(
                    $" i32x4 0x{(uint)instruction.Value:x8} 0x{instruction.Value >> 32:x8}"
                        + $" 0x{(uint)instruction.ValueHigh:x8} 0x{instruction.ValueHigh >> 32:x8}");
                break;
            case ImmediateKind.Lane:
                output.Write($" {instruction.Index}");
                break;
            case ImmediateKind.Shuffle:
                for (int i = 0; i < 16; i++)
                {
                    output.Write($" {instruction.Byte(i)}");
                }

                break;
            case ImmediateKind.MemArgLane:
                PrintMemArg(in instruction);
                output.Write($" {instruction.Index2}");
                break;
            default:
                throw new InvalidOperationException($"no text for immediates of {instruction.Opcode}");
        }
    }

    /// <summary>A reference type where the grammar wants one, abbreviations spelled out.</summary>
    private string FullText(ValType type) => $"(ref {(type.IsNullable ? "null " : "")}{Text(type.HeapType)})";

    private string LabelRef(uint index) =>
        index < (uint)_labels.Count && _labels[_labels.Count - 1 - (int)index] is { } name ? name : $"{index}";

    private void PrintOptional(NameMap names, uint index)
    {
        if (index != 0)
        {
            output.Write($" {Ref(names, index)}");
        }
    }

    private void PrintPair(NameMap names, in Instruction instruction)
    {
        if (instruction.Index != 0 || instruction.Index2 != 0)
        {
            output.Write($" {Ref(names, instruction.Index)} {Ref(names, instruction.Index2)}");
        }
    }

    private void PrintMemArg(in Instruction instruction)
    {
        PrintOptional(_names.Memories, instruction.Index);
        if (instruction.Value != 0)
        {
            output.Write($" offset={instruction.Value}");
        }

        if (1UL << instruction.AlignLog2 != (ulong)OpcodeTable.Width(instruction.Opcode))
        {
            output.Write($" align={1UL << instruction.AlignLog2}");
        }
    }

    private void PrintBlockHead(in Instruction instruction)
    {
        if (_labelNames.DefinitionOf(_labelCount) is { } label)
        {
            output.Write($" {label}");
        }

        BlockType type = instruction.BlockType;
        if (type.IsTypeIndex)
        {
            output.Write($" {TypeUse(type.TypeIndex)}");
        }
        else if (!type.IsEmpty)
        {
            output.Write($" (result {Text(type.Result)})");
        }
    }

    private void PrintCatches(in Instruction instruction)
    {
        foreach (CatchClause clause in instruction.Catches)
        {
            string keyword = clause.Kind switch
            {
                CatchKind.Catch => "catch",
                CatchKind.CatchRef => "catch_ref",
                CatchKind.CatchAll => "catch_all",
                _ => "catch_all_ref",
            };
            output.Write($" ({keyword}{(clause.HasTag ? $" {Ref(_names.Tags, clause.TagIndex)}" : "")} {LabelRef(clause.LabelIndex)})");
        }
    }
}
