using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>
/// Which function of one module is which of the other: that of the same name; without one, that of the same index where both modules have
/// as many functions, or else the next with the same body, or else the next that is left.
/// </summary>
internal sealed class FuncPairing
{
    private readonly ComparedModule _before;
    private readonly ComparedModule _after;

    public FuncPairing(ComparedModule before, ComparedModule after)
    {
        _before = before;
        _after = after;
        Of = new int[before.Info.FuncTypeIndices.Length];
        OfAfter = new int[after.Info.FuncTypeIndices.Length];
        Array.Fill(Of, -1);
        Array.Fill(OfAfter, -1);
        PairNames();
        bool haveAsMany = Of.Length == OfAfter.Length && before.Info.ImportedFuncCount == after.Info.ImportedFuncCount;
        if (!haveAsMany)
        {
            PairBodies();
        }

        PairRest(haveAsMany);
    }

    /// <summary>For each function of the first module, that of the second, or -1.</summary>
    public int[] Of { get; }

    /// <summary>For each function of the second module, that of the first, or -1.</summary>
    public int[] OfAfter { get; }

    /// <summary>Whether every function is the one with the same index.</summary>
    public bool IsIdentity
    {
        get
        {
            for (int i = 0; i < Of.Length; i++)
            {
                if (Of[i] != i)
                {
                    return false;
                }
            }

            return Of.Length == OfAfter.Length;
        }
    }

    /// <summary>Whether two references are to the same function.</summary>
    public bool AreEqual(uint before, uint after) => before < (uint)Of.Length && Of[before] == (int)after;

    private void Pair(int before, int after)
    {
        Of[before] = after;
        OfAfter[after] = before;
    }

    // Where as many functions of both modules have a name, they are the same in their order.
    private void PairNames()
    {
        Dictionary<string, List<int>> names = NamesOf(_after);
        foreach ((string name, List<int> indices) in NamesOf(_before))
        {
            if (names.TryGetValue(name, out List<int>? others) && others.Count == indices.Count)
            {
                for (int i = 0; i < indices.Count; i++)
                {
                    Pair(indices[i], others[i]);
                }
            }
        }
    }

    private static Dictionary<string, List<int>> NamesOf(ComparedModule module)
    {
        var names = new Dictionary<string, List<int>>();
        for (int i = 0; i < module.Info.FuncTypeIndices.Length; i++)
        {
            if (module.FindFunc(i) is { } name)
            {
                if (!names.TryGetValue(name, out List<int>? indices))
                {
                    names.Add(name, indices = []);
                }

                indices.Add(i);
            }
        }

        return names;
    }

    private void PairBodies()
    {
        var queues = new Dictionary<int, Queue<int>>();
        for (int i = _after.Info.ImportedFuncCount; i < OfAfter.Length; i++)
        {
            if (OfAfter[i] < 0)
            {
                int hash = HashOf(BodyOf(_after, i));
                if (!queues.TryGetValue(hash, out Queue<int>? queue))
                {
                    queues.Add(hash, queue = new Queue<int>());
                }

                queue.Enqueue(i);
            }
        }

        for (int i = _before.Info.ImportedFuncCount; i < Of.Length; i++)
        {
            if (Of[i] < 0 && queues.TryGetValue(HashOf(BodyOf(_before, i)), out Queue<int>? queue)
                && queue.TryPeek(out int next) && AreUnnamed(i, next) && BodyOf(_before, i).SequenceEqual(BodyOf(_after, next)))
            {
                Pair(i, queue.Dequeue());
            }
        }
    }

    private void PairRest(bool haveAsMany)
    {
        int next = _after.Info.ImportedFuncCount;
        for (int i = _before.Info.ImportedFuncCount; i < Of.Length; i++)
        {
            if (Of[i] >= 0)
            {
                continue;
            }

            next = haveAsMany ? i : next;
            while (!haveAsMany && next < OfAfter.Length && OfAfter[next] >= 0)
            {
                next++;
            }

            if (next < OfAfter.Length && OfAfter[next] < 0 && AreUnnamed(i, next))
            {
                Pair(i, next);
            }
        }
    }

    // One that has a name of its own is not the other one; what exports call them may have changed.
    private bool AreUnnamed(int before, int after) =>
        _before.FindWrittenName(before) is null || _after.FindWrittenName(after) is null;

    private static ReadOnlySpan<byte> BodyOf(ComparedModule module, int index) =>
        module.Info.BodyOf((uint)index).Of(module.Info.Bytes.Span);

    private static int HashOf(ReadOnlySpan<byte> body)
    {
        var hash = new HashCode();
        hash.AddBytes(body);
        return hash.ToHashCode();
    }
}
