using System.Globalization;
using System.Text;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>The types of two modules by what they say: equal ones have the same number, whichever index they have.</summary>
internal sealed class TypeShapes
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<string> _texts = [];

    public TypeShapes(ModuleInfo before, ModuleInfo after)
    {
        Before = NumbersOf(before);
        After = NumbersOf(after);
    }

    /// <summary>The number of each type of the first module.</summary>
    public int[] Before { get; }

    /// <summary>The number of each type of the second module.</summary>
    public int[] After { get; }

    /// <summary>What the types of a number say.</summary>
    public string TextOf(int number) => _texts[number];

    /// <summary>Whether two types are the same; an index that leads nowhere is the same as no other.</summary>
    public bool AreEqual(uint before, uint after) =>
        before < (uint)Before.Length && after < (uint)After.Length && Before[before] == After[after];

    private int[] NumbersOf(ModuleInfo module)
    {
        var numbers = new int[module.Types.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            string text = TextOf(module.Types[i]);
            if (!_numbers.TryGetValue(text, out numbers[i]))
            {
                numbers[i] = _texts.Count;
                _numbers.Add(text, numbers[i]);
                _texts.Add(text);
            }
        }

        return numbers;
    }

    private static string TextOf(SubType type)
    {
        string composite = type.Composite switch
        {
            FuncType func => func.ToString(),
            ArrayType array => $"array {TextOf(array.Element)}",
            _ => TextOf((StructType)type.Composite),
        };
        if (type.IsFinal && type.Supertypes.IsEmpty)
        {
            return composite;
        }

        var text = new StringBuilder(type.IsFinal ? "sub final " : "sub ");
        foreach (uint supertype in type.Supertypes)
        {
            text.Append(CultureInfo.InvariantCulture, $"{supertype} ");
        }

        return text.Append(composite).ToString();
    }

    private static string TextOf(StructType type)
    {
        var text = new StringBuilder("struct");
        foreach (FieldType field in type.Fields)
        {
            text.Append(' ').Append(TextOf(field));
        }

        return text.ToString();
    }

    private static string TextOf(FieldType field) => field.IsMutable ? $"mut {field.Storage}" : field.Storage.ToString();
}
