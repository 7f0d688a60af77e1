using System.Globalization;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>Compares types and functions.</summary>
internal static class FuncComparison
{
    /// <summary>Types that only one module has; their order counts where all are the same.</summary>
    public static void CompareTypes(TypeShapes types, DifferenceGroup group)
    {
        var counts = new SortedDictionary<int, (int Before, int After)>();
        foreach (int number in types.Before)
        {
            (int first, int second) = counts.GetValueOrDefault(number);
            counts[number] = (first + 1, second);
        }

        foreach (int number in types.After)
        {
            (int first, int second) = counts.GetValueOrDefault(number);
            counts[number] = (first, second + 1);
        }

        foreach ((int number, (int first, int second)) in counts)
        {
            if (first != second)
            {
                group.Add(types.TextOf(number), Times(first), Times(second));
            }
        }

        if (group.Count == 0 && !types.Before.AsSpan().SequenceEqual(types.After))
        {
            group.Add("order", "as they are", "another one");
        }
    }

    public static void Compare(
        ComparedModule before, ComparedModule after, FuncPairing pairs, TypeShapes types, BodyComparison bodies, DifferenceGroup group)
    {
        for (int i = 0; i < pairs.Of.Length; i++)
        {
            int other = pairs.Of[i];
            if (other < 0)
            {
                // An import that is gone is one of the imports.
                if (i >= before.Info.ImportedFuncCount)
                {
                    group.Add(before.FuncName((uint)i), Describe(before, i), null);
                }
            }
            else
            {
                Compare(before, after, i, other, types, bodies, group);
            }
        }

        for (int i = after.Info.ImportedFuncCount; i < pairs.OfAfter.Length; i++)
        {
            if (pairs.OfAfter[i] < 0)
            {
                group.Add(after.FuncName((uint)i), null, Describe(after, i));
            }
        }

        CompareOrder(before, pairs, group);
    }

    private static void Compare(
        ComparedModule before, ComparedModule after, int index, int other, TypeShapes types, BodyComparison bodies, DifferenceGroup group)
    {
        bool isImport = index < before.Info.ImportedFuncCount;
        bool isOtherImport = other < after.Info.ImportedFuncCount;
        if (isImport || isOtherImport)
        {
            if (isImport != isOtherImport)
            {
                group.Add(before.FuncName((uint)index), Describe(before, index), Describe(after, other));
            }

            return;
        }

        string name = before.FuncName((uint)index);
        if (!types.AreEqual(before.Info.FuncTypeIndices[index], after.Info.FuncTypeIndices[other]))
        {
            group.Add(name, Describe(before, index), Describe(after, other));
        }
        else if (bodies.FindDifference(before.Info.BodyOf((uint)index), after.Info.BodyOf((uint)other)) is { } difference)
        {
            group.Add($"{name} ({difference})", ByteLength(before, index), ByteLength(after, other));
        }
        else if (before.FindWrittenName(index) is var first && after.FindWrittenName(other) is var second && first != second)
        {
            group.Add(string.Create(CultureInfo.InvariantCulture, $"name of func {index}"), Quote(first), Quote(second));
        }
    }

    // The first that is not where it would be if only others had come and gone.
    private static void CompareOrder(ComparedModule before, FuncPairing pairs, DifferenceGroup group)
    {
        int last = -1;
        for (int i = before.Info.ImportedFuncCount; i < pairs.Of.Length; i++)
        {
            if (pairs.Of[i] < 0)
            {
                continue;
            }

            if (pairs.Of[i] < last)
            {
                group.Add("order", "as they are", $"another one, from {before.FuncName((uint)i)} on");
                return;
            }

            last = pairs.Of[i];
        }
    }

    private static string Describe(ComparedModule module, int index)
    {
        string type = module.Summary.TypeOf(ExternKind.Func, (uint)index);
        return index < module.Info.ImportedFuncCount ? $"{type}, imported" : $"{type}, {ByteLength(module, index)}";
    }

    private static string ByteLength(ComparedModule module, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{module.Info.BodyOf((uint)index).Length:N0} bytes");

    private static string? Times(int count) =>
        count == 0 ? null : count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} times");

    private static string? Quote(string? name) => name is null ? null : QuotedText.Of(name);
}
