using System.Globalization;

namespace Wizer.Engine.Symbols;

// Paths, and the arguments of generic ones.
internal sealed partial class RustV0Demangler
{
    private void PrintPath(bool isValue)
    {
        if (!IsReadable())
        {
            return;
        }

        if (TryEnter())
        {
            PrintEnteredPath(isValue);
        }

        Leave();
    }

    private void PrintEnteredPath(bool isValue)
    {
        char tag = Peek();
        _at++;
        switch (tag)
        {
            case 'C':
                PrintCrate();
                break;
            case 'N':
                PrintNested(isValue);
                break;
            case 'M' or 'X' or 'Y':
                PrintImplementation(tag);
                break;
            case 'I':
                PrintPath(isValue);
                if (isValue)
                {
                    Print("::");
                }

                Print("<");
                PrintList(PrintGenericArgument, ", ");
                Print(">");
                break;
            case 'B':
                PrintBackReference(() => PrintPath(isValue));
                break;
            default:
                Fail();
                break;
        }
    }

    private void PrintCrate()
    {
        if (!TryReadOptionalNumber('s', out ulong disambiguator) || !TryReadIdentifier(out string name, out bool isPunycode))
        {
            Fail();
            return;
        }

        Print(Text(name, isPunycode));
        if (disambiguator != 0)
        {
            Print("[");
            Print(disambiguator.ToString("x", CultureInfo.InvariantCulture));
            Print("]");
        }
    }

    private void PrintNested(bool isValue)
    {
        char space = Peek();
        _at++;
        if (!char.IsAsciiLetter(space))
        {
            Fail();
            return;
        }

        PrintPath(isValue);
        if (_hasFailed)
        {
            Print("::?");
            return;
        }

        if (!TryReadOptionalNumber('s', out ulong disambiguator) || !TryReadIdentifier(out string identifier, out bool isPunycode))
        {
            Fail();
            return;
        }

        string name = Text(identifier, isPunycode);
        if (char.IsAsciiLetterLower(space))
        {
            if (name.Length > 0)
            {
                Print("::");
                Print(name);
            }

            return;
        }

        Print("::{");
        Print(space switch
        {
            'C' => "closure",
            'S' => "shim",
            _ => space.ToString(),
        });
        if (name.Length > 0)
        {
            Print(":");
            Print(name);
        }

        Print("#");
        Print(disambiguator);
        Print("}");
    }

    // What is implemented, and for what; where is only there to tell them apart.
    private void PrintImplementation(char tag)
    {
        if (tag != 'Y')
        {
            if (!TryReadOptionalNumber('s', out _))
            {
                Fail();
                return;
            }

            bool wasQuiet = _isQuiet;
            _isQuiet = true;
            PrintPath(isValue: false);
            _isQuiet = wasQuiet;
        }

        Print("<");
        PrintType();
        if (tag != 'M')
        {
            Print(" as ");
            PrintPath(isValue: false);
        }

        Print(">");
    }

    private void PrintGenericArgument()
    {
        if (TryTake('L'))
        {
            if (TryReadNumber(out ulong lifetime))
            {
                PrintLifetime(lifetime);
            }
            else
            {
                Fail();
            }
        }
        else if (TryTake('K'))
        {
            PrintConstant(isValue: false);
        }
        else
        {
            PrintType();
        }
    }

    /// <summary>How many binders out it was bound; 0 when it has no name.</summary>
    private void PrintLifetime(ulong lifetime)
    {
        if (!IsPrinting)
        {
            return;
        }

        Print("'");
        if (lifetime == 0)
        {
            Print("_");
        }
        else if (lifetime > _boundLifetimes)
        {
            Fail();
        }
        else
        {
            ulong depth = _boundLifetimes - lifetime;
            Print(depth < 26 ? ((char)('a' + depth)).ToString() : "_" + depth.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>What may bind lifetimes: <c>for&lt;'a&gt;</c> before it, when it does.</summary>
    private void PrintBinder(Action print)
    {
        if (!TryReadOptionalNumber('G', out ulong count))
        {
            Fail();
            return;
        }

        if (!IsPrinting || count == 0)
        {
            print();
            return;
        }

        ulong outer = _boundLifetimes;
        Print("for<");
        for (ulong i = 0; i < count && !IsOver; i++)
        {
            if (i > 0)
            {
                Print(", ");
            }

            _boundLifetimes++;
            PrintLifetime(1);
        }

        Print("> ");
        print();
        _boundLifetimes = outer;
    }
}
