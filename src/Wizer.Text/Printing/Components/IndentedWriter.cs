using System.Text;

namespace Wizer.Text;

/// <summary>Puts spaces before each line, so that what prints a module need not know how deep in a component it stands.</summary>
internal sealed class IndentedWriter : TextWriter
{
    private readonly TextWriter _output;
    private bool _isAtStart = true;

    /// <param name="output">Owned by the caller; lines end as it says.</param>
    internal IndentedWriter(TextWriter output)
        : base(output.FormatProvider)
    {
        _output = output;
        NewLine = output.NewLine;
    }

    /// <summary>How many spaces.</summary>
    internal int Indentation { get; set; }

    /// <inheritdoc/>
    public override Encoding Encoding => _output.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int end = buffer.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? buffer : buffer[..(end + 1)];
            if (_isAtStart)
            {
                for (int i = 0; i < Indentation; i++)
                {
                    _output.Write(' ');
                }
            }

            _output.Write(line);
            _isAtStart = end >= 0;
            buffer = buffer[line.Length..];
        }
    }

    /// <inheritdoc/>
    public override void Flush() => _output.Flush();
}
