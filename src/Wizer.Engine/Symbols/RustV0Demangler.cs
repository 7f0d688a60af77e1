using System.Globalization;
using System.Text;

namespace Wizer.Engine.Symbols;

/// <summary>
/// Rust's names since 2019: <c>_RNvNtCs3nilrLLJwz5_3app6config4load</c>. The Rust Reference, Symbol Mangling: a grammar of paths, types
/// and constants, in which <c>B</c> goes back to what was written before.
/// </summary>
/// <remarks>
/// A name is read twice. The first time nothing is printed and nobody goes back: whatever fails then is no such name. What fails the
/// second time is said in its place, as the original does, and from there on a <c>?</c> stands for what cannot be known.
/// </remarks>
internal sealed partial class RustV0Demangler
{
    // As deep, and as many bytes, as the original goes.
    private const int MaxDepth = 500;
    private const int MaxByteLength = 1_000_000;

    // Backward references to little more than themselves take long to print nothing.
    private const int MaxSteps = 4_000_000;

    private static readonly string[] s_prefixes = ["_R", "R", "__R"];

    private readonly string _name;
    private readonly StringBuilder? _text;
    private int _at;
    private int _depth;
    private int _steps;
    private int _remainingBytes = MaxByteLength;
    private bool _hasFailed;
    private bool _isQuiet;
    private ulong _boundLifetimes;

    private RustV0Demangler(string name, StringBuilder? text)
    {
        _name = name;
        _text = text;
    }

    // Whether nothing more can come of it.
    private bool IsOver => _remainingBytes < 0 || _steps > MaxSteps;

    private bool IsPrinting => _text != null && !_isQuiet;

    /// <summary>The path and the type arguments; null when the name is no such one.</summary>
    /// <param name="name">What may be one.</param>
    /// <param name="length">How much of it the name is.</param>
    internal static string? TryDemangle(string name, out int length)
    {
        length = 0;
        int start = FindPath(name);
        if (start < 0 || !Ascii.IsValid(name.AsSpan(start)))
        {
            return null;
        }

        // Positions in the name are counted from its first letter.
        string symbol = name[start..];
        var check = new RustV0Demangler(symbol, null);
        check.PrintPath(isValue: true);
        if (!check._hasFailed && char.IsAsciiLetterUpper(check.Peek()))
        {
            // Whose copy of a generic function it is.
            check.PrintPath(isValue: false);
        }

        if (check._hasFailed || check.IsOver)
        {
            return null;
        }

        length = start + check._at;
        var text = new StringBuilder(symbol.Length * 2);
        var printer = new RustV0Demangler(symbol, text);
        printer.PrintPath(isValue: true);
        if (printer._steps > MaxSteps)
        {
            return null;
        }

        return printer.IsOver ? text.Append("{size limit reached}").ToString() : text.ToString();
    }

    private static int FindPath(string name)
    {
        foreach (string prefix in s_prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return name.Length > prefix.Length && char.IsAsciiLetterUpper(name[prefix.Length]) ? prefix.Length : -1;
            }
        }

        return -1;
    }

    private char Peek() => _at < _name.Length ? _name[_at] : '\0';

    private bool TryTake(char character)
    {
        if (_hasFailed || Peek() != character)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Print(string text)
    {
        if (!IsPrinting || IsOver)
        {
            return;
        }

        _remainingBytes -= Encoding.UTF8.GetByteCount(text);
        if (_remainingBytes >= 0)
        {
            _text!.Append(text);
        }
    }

    private void Print(ulong number) => Print(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Says what is wrong, in the place where it is.</summary>
    private void Fail(string text = "{invalid syntax}")
    {
        Print(_hasFailed ? "?" : text);
        _hasFailed = true;
    }

    /// <summary>Whether what comes next can be read at all; otherwise prints what stands for it.</summary>
    private bool IsReadable()
    {
        _steps++;
        if (_hasFailed)
        {
            Print("?");
        }

        return !_hasFailed && !IsOver;
    }

    /// <summary>One level deeper, to be left with <see cref="Leave"/> even when it fails.</summary>
    private bool TryEnter()
    {
        if (++_depth > MaxDepth)
        {
            Fail("{recursion limit reached}");
        }

        return !_hasFailed;
    }

    private void Leave() => _depth--;

    /// <summary>Prints a list up to its <c>E</c>; returns how many.</summary>
    private int PrintList(Action printItem, string separator)
    {
        int count = 0;
        while (!_hasFailed && !IsOver && !TryTake('E'))
        {
            if (count++ > 0)
            {
                Print(separator);
            }

            printItem();
        }

        return count;
    }

    /// <summary>Behind a <c>B</c>: prints what is at an earlier place, and goes on here.</summary>
    private void PrintBackReference(Action print)
    {
        int start = _at - 1;
        if (!TryReadNumber(out ulong target) || target >= (ulong)start)
        {
            Fail();
            return;
        }

        if (TryEnter() && IsPrinting)
        {
            // What fails there is said there.
            int at = _at;
            _at = (int)target;
            print();
            _at = at;
            _hasFailed = false;
        }

        Leave();
    }
}
