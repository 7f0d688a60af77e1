using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>
/// The types of a module that is made from those of several instances: equal types are there once. Core 3.0, Binary Format: Type Section.
/// </summary>
internal sealed class RestoreTypes : IDisposable
{
    private const byte RecursiveGroup = 0x4e;
    private const byte Sub = 0x50;
    private const byte FinalSub = 0x4f;
    private const byte Struct = 0x5f;
    private const byte Array = 0x5e;

    private readonly PooledBuffer _bytes = new();

    // By their number in the store.
    private readonly Dictionary<uint, uint> _indices = [];
    private uint _count;
    private uint _groupCount;

    /// <summary>The index of a type of an instance's module.</summary>
    internal uint IndexOf(Instance instance, uint typeIndex)
    {
        if (!_indices.ContainsKey(instance.TypeIds[typeIndex]))
        {
            // Each is behind those that it refers to, as it was.
            foreach (int group in FindGroups(instance, typeIndex))
            {
                WriteGroup(instance, group);
            }
        }

        return _indices[instance.TypeIds[typeIndex]];
    }

    /// <summary>A function type of its own.</summary>
    internal uint AddSimple(FuncType type)
    {
        new WasmWriter(_bytes).WriteFuncType(type.Parameters, type.Results);
        _groupCount++;
        return _count++;
    }

    /// <summary>The same type here as in an instance's module.</summary>
    internal ValType Map(Instance instance, ValType type) => type.IsRef && type.HeapType.IsConcrete
        ? ValType.Ref(new HeapType((int)IndexOf(instance, type.HeapType.TypeIndex)), type.IsNullable)
        : type;

    /// <summary>Writes the section.</summary>
    internal void Write(WasmWriter writer)
    {
        int section = writer.BeginSection(SectionId.Type);
        writer.WriteU32(_groupCount);
        writer.WriteBytes(_bytes.WrittenSpan);
        writer.EndSized(section);
    }

    public void Dispose() => _bytes.Dispose();

    /// <summary>The groups that a type needs and that are not there yet, in the order of the module.</summary>
    private SortedSet<int> FindGroups(Instance instance, uint typeIndex)
    {
        ModuleInfo module = instance.Module;
        var found = new SortedSet<int>();
        var open = new Stack<uint>([typeIndex]);
        while (open.TryPop(out uint type))
        {
            int group = module.Types[type].RecGroup;
            if (_indices.ContainsKey(instance.TypeIds[type]) || !found.Add(group))
            {
                continue;
            }

            for (int i = module.RecGroupStarts[group]; i < EndOf(module, group); i++)
            {
                foreach (uint other in ReferencesOf(module.Types[i]))
                {
                    open.Push(other);
                }
            }
        }

        return found;
    }

    private void WriteGroup(Instance instance, int group)
    {
        ModuleInfo module = instance.Module;
        int start = module.RecGroupStarts[group];
        int end = EndOf(module, group);
        for (int i = start; i < end; i++)
        {
            _indices.Add(instance.TypeIds[i], _count++);
        }

        var writer = new WasmWriter(_bytes);
        _groupCount++;
        if (end - start != 1)
        {
            writer.WriteByte(RecursiveGroup);
            writer.WriteU32((uint)(end - start));
        }

        for (int i = start; i < end; i++)
        {
            WriteType(instance, module.Types[i], writer);
        }
    }

    private void WriteType(Instance instance, SubType type, WasmWriter writer)
    {
        if (!type.IsFinal || type.SupertypeCount != 0)
        {
            writer.WriteByte(type.IsFinal ? FinalSub : Sub);
            writer.WriteU32((uint)type.SupertypeCount);
            if (type.SupertypeCount != 0)
            {
                writer.WriteU32(_indices[instance.TypeIds[type.Supertype]]);
            }
        }

        switch (type.Composite)
        {
            case FuncType func:
                writer.WriteFuncType(
                    System.Array.ConvertAll(func.ParameterArray, item => Known(instance, item)),
                    System.Array.ConvertAll(func.ResultArray, item => Known(instance, item)));
                break;
            case StructType structure:
                writer.WriteByte(Struct);
                writer.WriteU32((uint)structure.FieldArray.Length);
                foreach (FieldType field in structure.FieldArray)
                {
                    WriteField(instance, field, writer);
                }

                break;
            case ArrayType array:
                writer.WriteByte(Array);
                WriteField(instance, array.Element, writer);
                break;
        }
    }

    private void WriteField(Instance instance, FieldType field, WasmWriter writer)
    {
        writer.WriteValType(Known(instance, field.Storage));
        writer.WriteByte(field.IsMutable ? (byte)1 : (byte)0);
    }

    private ValType Known(Instance instance, ValType type) => type.IsRef && type.HeapType.IsConcrete
        ? ValType.Ref(new HeapType((int)_indices[instance.TypeIds[type.HeapType.TypeIndex]]), type.IsNullable)
        : type;

    private static List<uint> ReferencesOf(SubType type)
    {
        var found = new List<uint>();
        if (type.SupertypeCount != 0)
        {
            found.Add((uint)type.Supertype);
        }

        ValType[] parts = type.Composite switch
        {
            FuncType func => [.. func.ParameterArray, .. func.ResultArray],
            StructType structure => System.Array.ConvertAll(structure.FieldArray, static field => field.Storage),
            _ => [((ArrayType)type.Composite).Element.Storage],
        };
        foreach (ValType part in parts)
        {
            if (part.IsRef && part.HeapType.IsConcrete)
            {
                found.Add(part.HeapType.TypeIndex);
            }
        }

        return found;
    }

    private static int EndOf(ModuleInfo module, int group) =>
        group + 1 < module.RecGroupStarts.Length ? module.RecGroupStarts[group + 1] : module.Types.Length;
}
