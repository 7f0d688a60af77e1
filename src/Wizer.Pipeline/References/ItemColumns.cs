namespace Wizer.Pipeline;

/// <summary>One item of the objects that a loop makes: a field, or the elements of arrays.</summary>
internal abstract class ItemColumns
{
    /// <summary>Writes how the loop gets the value.</summary>
    /// <param name="index">The local that has the index.</param>
    internal abstract void WriteRead(uint index);

    /// <summary>Writes what comes behind the loop.</summary>
    internal abstract void WriteEnd();
}
