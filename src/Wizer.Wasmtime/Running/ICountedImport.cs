using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>A function that modules import, and how often it was called.</summary>
internal interface ICountedImport
{
    /// <summary>The module name of the import.</summary>
    string Module { get; }

    /// <summary>Its own name.</summary>
    string Name { get; }

    /// <summary>How often it was called so far.</summary>
    long CallCount { get; }

    /// <summary>Those among some that were called: those of one name together, as they are reported.</summary>
    /// <param name="imports">
    /// In the order of the imports. One that is there twice was called as often as it says, and not twice that.
    /// </param>
    static ImportCalls[] Report(List<ICountedImport> imports)
    {
        var calls = new List<ImportCalls>();
        for (int i = 0; i < imports.Count; i++)
        {
            ICountedImport import = imports[i];
            if (import.CallCount == 0 || imports.IndexOf(import) < i)
            {
                continue;
            }

            int at = calls.FindIndex(c => c.Module == import.Module && c.Name == import.Name);
            if (at < 0)
            {
                calls.Add(new ImportCalls(import.Module, import.Name, import.CallCount));
            }
            else
            {
                calls[at] = calls[at] with { CallCount = calls[at].CallCount + import.CallCount };
            }
        }

        return calls.ToArray();
    }
}
