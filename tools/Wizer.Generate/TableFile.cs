namespace Wizer.Generate;

/// <summary>A file of cells between tabs; lines that begin with <c>#</c> are comments.</summary>
internal static class TableFile
{
    /// <summary>The rows that say something, with the numbers of their lines.</summary>
    /// <exception cref="TableException">A row has more cells, or fewer.</exception>
    internal static IEnumerable<(int Line, string[] Cells)> Rows(string file, int columnCount)
    {
        string[] lines = File.ReadAllLines(file);
        for (int i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]) || lines[i][0] == '#')
            {
                continue;
            }

            string[] cells = Array.ConvertAll(lines[i].Split('\t'), cell => cell.Trim());
            if (cells.Length != columnCount)
            {
                throw new TableException(file, i + 1, $"expected {columnCount} cells separated by tabs");
            }

            yield return (i + 1, cells);
        }
    }
}
