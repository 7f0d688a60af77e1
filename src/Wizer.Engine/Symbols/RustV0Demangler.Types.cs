namespace Wizer.Engine.Symbols;

// Types, and the constants that are arguments and lengths.
internal sealed partial class RustV0Demangler
{
    private static string? BasicType(char tag) => tag switch
    {
        'a' => "i8",
        'b' => "bool",
        'c' => "char",
        'd' => "f64",
        'e' => "str",
        'f' => "f32",
        'h' => "u8",
        'i' => "isize",
        'j' => "usize",
        'l' => "i32",
        'm' => "u32",
        'n' => "i128",
        'o' => "u128",
        'p' => "_",
        's' => "i16",
        't' => "u16",
        'u' => "()",
        'v' => "...",
        'x' => "i64",
        'y' => "u64",
        'z' => "!",
        _ => null,
    };

    private void PrintType()
    {
        if (!IsReadable())
        {
            return;
        }

        char tag = Peek();
        _at++;
        if (BasicType(tag) is { } basic)
        {
            Print(basic);
            return;
        }

        if (TryEnter())
        {
            PrintEnteredType(tag);
        }

        Leave();
    }

    private void PrintEnteredType(char tag)
    {
        switch (tag)
        {
            case 'R' or 'Q':
                PrintReference(isMutable: tag == 'Q');
                break;
            case 'P' or 'O':
                Print(tag == 'P' ? "*const " : "*mut ");
                PrintType();
                break;
            case 'A' or 'S':
                Print("[");
                PrintType();
                if (tag == 'A')
                {
                    Print("; ");
                    PrintConstant(isValue: true);
                }

                Print("]");
                break;
            case 'T':
                Print("(");
                Print(PrintList(PrintType, ", ") == 1 ? ",)" : ")");
                break;
            case 'F':
                PrintBinder(PrintFunction);
                break;
            case 'D':
                PrintDynamic();
                break;
            case 'B':
                PrintBackReference(PrintType);
                break;
            case 'W':
                PrintType();
                Print(" is ");
                PrintPattern();
                break;
            default:
                _at--;
                PrintPath(isValue: false);
                break;
        }
    }

    private void PrintReference(bool isMutable)
    {
        Print("&");
        if (TryTake('L'))
        {
            if (!TryReadNumber(out ulong lifetime))
            {
                Fail();
                return;
            }

            if (lifetime != 0)
            {
                PrintLifetime(lifetime);
                Print(" ");
            }
        }

        if (isMutable)
        {
            Print("mut ");
        }

        PrintType();
    }

    private void PrintFunction()
    {
        bool isUnsafe = TryTake('U');
        string? convention = null;
        if (TryTake('K'))
        {
            bool isPunycode = false;
            convention = "C";
            if (!TryTake('C') && (!TryReadIdentifier(out convention, out isPunycode) || convention.Length == 0 || isPunycode))
            {
                Fail();
                return;
            }
        }

        if (isUnsafe)
        {
            Print("unsafe ");
        }

        if (convention != null)
        {
            Print($"extern \"{convention.Replace('_', '-')}\" ");
        }

        Print("fn(");
        PrintList(PrintType, ", ");
        Print(")");
        if (!TryTake('u'))
        {
            Print(" -> ");
            PrintType();
        }
    }

    private void PrintDynamic()
    {
        Print("dyn ");
        PrintBinder(() => PrintList(PrintBound, " + "));
        if (!TryTake('L') || !TryReadNumber(out ulong lifetime))
        {
            Fail();
            return;
        }

        if (lifetime != 0)
        {
            Print(" + ");
            PrintLifetime(lifetime);
        }
    }

    // A trait, whose associated types join its arguments.
    private void PrintBound()
    {
        bool isOpen = PrintOpenPath();
        while (TryTake('p'))
        {
            Print(isOpen ? ", " : "<");
            isOpen = true;
            if (!TryReadIdentifier(out string name, out bool isPunycode))
            {
                Fail();
                return;
            }

            Print(Text(name, isPunycode));
            Print(" = ");
            PrintType();
        }

        if (isOpen)
        {
            Print(">");
        }
    }

    /// <summary>A path whose arguments may go on; whether they do.</summary>
    private bool PrintOpenPath()
    {
        _steps++;
        if (TryTake('B'))
        {
            bool isOpen = false;
            PrintBackReference(() => isOpen = PrintOpenPath());
            return isOpen;
        }

        if (TryTake('I'))
        {
            PrintPath(isValue: false);
            Print("<");
            PrintList(PrintGenericArgument, ", ");
            return true;
        }

        PrintPath(isValue: false);
        return false;
    }

    private void PrintPattern()
    {
        if (!IsReadable())
        {
            return;
        }

        char tag = Peek();
        _at++;
        if (!TryEnter())
        {
            Leave();
            return;
        }

        switch (tag)
        {
            case 'R':
                PrintConstant(isValue: false);
                Print("..=");
                PrintConstant(isValue: false);
                break;
            case 'O':
                PrintList(PrintPattern, " | ");
                break;
            case 'N':
                Print("!null");
                break;
            default:
                Fail();
                break;
        }

        Leave();
    }

    private void PrintConstant(bool isValue)
    {
        if (!IsReadable())
        {
            return;
        }

        char tag = Peek();
        _at++;
        if (TryEnter())
        {
            PrintEnteredConstant(tag, isValue);
        }

        Leave();
    }

    private void PrintEnteredConstant(char tag, bool isValue)
    {
        switch (tag)
        {
            case 'p':
                Print("_");
                return;
            case 'h' or 't' or 'm' or 'y' or 'o' or 'j':
                PrintNumber(tag);
                return;
            case 'a' or 's' or 'l' or 'x' or 'n' or 'i':
                if (TryTake('n'))
                {
                    Print("-");
                }

                PrintNumber(tag);
                return;
            case 'b' or 'c':
                PrintSimple(tag);
                return;
            case 'B':
                PrintBackReference(() => PrintConstant(isValue));
                return;
            case 'R' when TryTake('e'):
                PrintString();
                return;
            case 'e' or 'R' or 'Q' or 'A' or 'T' or 'V':
                break;
            default:
                Fail();
                return;
        }

        // Whatever is more than a literal has braces around it as an argument.
        if (!isValue)
        {
            Print("{");
        }

        PrintComposite(tag);
        if (!isValue && !_hasFailed)
        {
            Print("}");
        }
    }

    private void PrintNumber(char type)
    {
        if (!TryReadHex(out string digits))
        {
            Fail();
            return;
        }

        if (TryParseHex(digits, out ulong value))
        {
            Print(value);
        }
        else
        {
            Print("0x" + digits);
        }

        Print(BasicType(type)!);
    }

    private void PrintSimple(char type)
    {
        if (!TryReadHex(out string digits) || !TryParseHex(digits, out ulong value))
        {
            Fail();
        }
        else if (type == 'b' && value <= 1)
        {
            Print(value == 0 ? "false" : "true");
        }
        else if (type == 'c' && value <= 0x10ffff && System.Text.Rune.TryCreate((uint)value, out System.Text.Rune rune))
        {
            PrintQuoted('\'', rune.ToString());
        }
        else
        {
            Fail();
        }
    }

    private void PrintString()
    {
        if (TryReadHex(out string digits) && TryParseText(digits) is { } text)
        {
            PrintQuoted('"', text);
        }
        else
        {
            Fail();
        }
    }

    private void PrintComposite(char tag)
    {
        switch (tag)
        {
            case 'e':
                Print("*");
                PrintString();
                break;
            case 'R' or 'Q':
                Print(tag == 'R' ? "&" : "&mut ");
                PrintConstant(isValue: true);
                break;
            case 'A':
                Print("[");
                PrintList(PrintElement, ", ");
                Print("]");
                break;
            case 'T':
                Print("(");
                Print(PrintList(PrintElement, ", ") == 1 ? ",)" : ")");
                break;
            default:
                PrintPath(isValue: true);
                PrintFields();
                break;
        }
    }

    private void PrintElement() => PrintConstant(isValue: true);

    private void PrintFields()
    {
        if (!IsReadable())
        {
            return;
        }

        char tag = Peek();
        _at++;
        switch (tag)
        {
            case 'U':
                break;
            case 'T':
                Print("(");
                PrintList(PrintElement, ", ");
                Print(")");
                break;
            case 'S':
                Print(" { ");
                PrintList(PrintField, ", ");
                Print(" }");
                break;
            default:
                Fail();
                break;
        }
    }

    private void PrintField()
    {
        if (!TryReadOptionalNumber('s', out _) || !TryReadIdentifier(out string name, out bool isPunycode))
        {
            Fail();
            return;
        }

        Print(Text(name, isPunycode));
        Print(": ");
        PrintConstant(isValue: true);
    }
}
