using System.Globalization;
using System.Text;

namespace Wizer.Engine.Symbols;

/// <summary>Prints what a name of C++ was read into.</summary>
/// <remarks>
/// C++ writes types around what they are of: <c>int (*)(char)</c>. So what is outside waits in a list of modifiers, innermost first,
/// until the type within has been printed up to where they belong; functions and arrays put them between their two halves.
/// </remarks>
internal sealed partial class ItaniumPrinter
{
    // As deep as the original goes, which looks through more layers for some things than for others.
    private const int MaxDepth = 128;
    private const int MaxLength = 1_000_000;

    // Arguments of arguments of nothing take long to print nothing.
    private const int MaxSteps = 4_000_000;

    private readonly StringBuilder _text = new();
    private Modifier? _modifiers;
    private List<ItaniumNode>? _templateArguments;
    private ItaniumNode? _leaf;
    private int _visibleArguments = int.MaxValue;
    private bool _isInLambda;
    private bool _hasSeenPack;
    private bool _hasFailed;
    private int _depth;
    private int _steps;

    /// <summary>The text; null when something cannot be printed, or would be too long.</summary>
    internal static string? TryPrint(ItaniumNode node)
    {
        var printer = new ItaniumPrinter();
        printer.Print(node);
        return printer._hasFailed ? null : printer._text.ToString();
    }

    private char Last => _text.Length == 0 ? '\0' : _text[^1];

    private void Append(string text)
    {
        _text.Append(text);
        _hasFailed |= _text.Length > MaxLength;
    }

    private void EnsureSpace()
    {
        if (Last != ' ')
        {
            Append(" ");
        }
    }

    private void Print(ItaniumNode node)
    {
        int layers = Layers(node.Kind);
        _depth += layers;
        _hasFailed |= _depth > MaxDepth || ++_steps > MaxSteps;
        if (!_hasFailed)
        {
            PrintNode(node);
        }

        _depth -= layers;
    }

    private static int Layers(ItaniumKind kind) => kind switch
    {
        ItaniumKind.Name or ItaniumKind.Standard or ItaniumKind.Unnamed => 4,
        ItaniumKind.Function => 5,
        ItaniumKind.Array => 3,
        ItaniumKind.Member or ItaniumKind.MemberPointer or ItaniumKind.Local => 2,
        ItaniumKind.Operand => 0,
        _ => 1,
    };

    private void PrintNode(ItaniumNode node)
    {
        switch (node.Kind)
        {
            case ItaniumKind.Name or ItaniumKind.Standard or ItaniumKind.Unnamed:
                Append(node.Text);
                break;
            case ItaniumKind.Nested:
                Print(node.First!);
                Append("::");
                Print(node.Second!);
                break;
            case ItaniumKind.Member:
                // Here the original prints what the name is within, however far out that belongs.
                Print(node.First!);
                PrintInnermostModifier();
                Append(node.Text);
                break;
            case ItaniumKind.Template:
                PrintTemplate(node);
                break;
            case ItaniumKind.Tagged:
                Print(node.First!);
                Append($"[abi:{node.Text}]");
                break;
            case ItaniumKind.Conversion:
                Append(node.Text + " ");
                Print(node.First!);
                break;
            case ItaniumKind.Constructor:
                PrintClassName(node.First);
                break;
            case ItaniumKind.Destructor:
                Append("~");
                PrintClassName(node.First);
                break;
            case ItaniumKind.Lambda:
                PrintLambda(node);
                break;
            case ItaniumKind.Local:
                PrintLocal(node);
                break;
            case ItaniumKind.Encoding:
                PrintEncoding(node);
                break;
            case ItaniumKind.TemplateParameter:
                PrintTemplateParameter(node.Index);
                break;
            case ItaniumKind.ArgumentPack:
                _hasSeenPack = true;
                PrintList(node.Items);
                break;
            case ItaniumKind.Sequence:
                foreach (ItaniumNode item in node.Items)
                {
                    Print(item);
                }

                break;
            case ItaniumKind.List:
                PrintList(node.Items);
                break;
            case ItaniumKind.Operand:
                PrintOperand(node.First!);
                break;
            default:
                PrintType(node);
                break;
        }
    }

    private void PrintList(List<ItaniumNode> items)
    {
        for (int i = 0; i < items.Count && !_hasFailed; i++)
        {
            if (i > 0)
            {
                Append(", ");
            }

            Print(items[i]);
        }
    }

    /// <summary>What has nothing to do with the modifiers around it.</summary>
    private void PrintApart(ItaniumNode node)
    {
        Modifier? outer = _modifiers;
        _modifiers = null;
        Print(node);
        _modifiers = outer;
    }

    private void PrintTemplate(ItaniumNode node)
    {
        List<ItaniumNode>? outerArguments = _templateArguments;
        if (node.IsSimple)
        {
            _templateArguments = node.Items;
        }

        Print(node.First!);
        Modifier? outer = _modifiers;
        _modifiers = null;
        _depth += 4;
        Append(Last == '<' ? " <" : "<");
        if (node.Items == _templateArguments)
        {
            PrintOwnArguments();
        }
        else
        {
            int visible = _visibleArguments;
            _visibleArguments = int.MaxValue;
            PrintList(node.Items);
            _visibleArguments = visible;
        }

        Append(Last == '>' ? " >" : ">");
        _depth -= 4;
        _modifiers = outer;
        _templateArguments = outerArguments;
    }

    // An argument may refer to those before it, and to no others.
    private void PrintOwnArguments()
    {
        for (int i = 0; i < _templateArguments!.Count && !_hasFailed; i++)
        {
            if (i > 0)
            {
                Append(", ");
            }

            PrintArgument(i);
        }
    }

    private void PrintArgument(int index)
    {
        int outer = _visibleArguments;
        _visibleArguments = index;
        Print(_templateArguments![index]);
        _visibleArguments = outer;
    }

    private void PrintClassName(ItaniumNode? inherited)
    {
        ItaniumNode? named = inherited == null ? _leaf : FindLeaf(inherited);
        if (named == null)
        {
            _hasFailed = true;
        }
        else if (named.Kind == ItaniumKind.Standard)
        {
            Append(named.Leaf!);
        }
        else
        {
            PrintApart(named);
        }
    }

    private void PrintLambda(ItaniumNode node)
    {
        bool wasInLambda = _isInLambda;
        _isInLambda = true;
        Append("{lambda");
        PrintParameters(node.Items);
        Append($"#{node.Text}}}");
        _isInLambda = wasInLambda;
    }

    private void PrintLocal(ItaniumNode node)
    {
        PrintApart(node.First!);
        if (!node.IsSimple)
        {
            Append("::");
            Print(node.Second!);
        }
    }

    private void PrintTemplateParameter(int index)
    {
        if (_isInLambda)
        {
            Append("auto:" + (index + 1L).ToString(CultureInfo.InvariantCulture));
        }
        else if (_templateArguments == null || index >= Math.Min(_templateArguments.Count, _visibleArguments))
        {
            _hasFailed = true;
        }
        else
        {
            PrintArgument(index);
        }
    }

    private void PrintOperand(ItaniumNode node)
    {
        bool needsNone = node.IsSimple || node.Kind == ItaniumKind.Encoding;
        Append(needsNone ? "" : "(");
        Print(node);
        Append(needsNone ? "" : ")");
    }

    private void PrintEncoding(ItaniumNode node)
    {
        Modifier? outer = _modifiers;
        List<ItaniumNode>? outerArguments = _templateArguments;
        int outerVisible = _visibleArguments;
        ItaniumNode? outerLeaf = _leaf;
        _modifiers = null;
        if (node.Items.Count == 0)
        {
            Print(node.First!);
        }
        else
        {
            _leaf = FindLeaf(node.First!) ?? FindUnnamed(node.First!);
            PrintFunctionName(node.First!, node.Items);
        }

        _modifiers = outer;
        _templateArguments = outerArguments;
        _visibleArguments = outerVisible;
        _leaf = outerLeaf;
    }

    private void PrintFunctionName(ItaniumNode name, List<ItaniumNode> types)
    {
        int first = 0;
        if (FindTemplateArguments(name) is { } arguments)
        {
            // Templates tell what they return; constructors and conversions are taken to do so, but it is not shown.
            _templateArguments = arguments;
            _visibleArguments = int.MaxValue;
            first = 1;
            if (!IsConstructor(name))
            {
                Print(types[0]);
                Append(" ");
            }
        }

        // A conversion to a pointer to a function, and the like, prints the parameters where they belong.
        var parameters = new ItaniumNode(ItaniumKind.Function) { Items = types.GetRange(first, types.Count - first) };
        _modifiers = new Modifier(parameters, null);
        Print(name);
        if (!_modifiers.IsPrinted)
        {
            _modifiers.IsPrinted = true;
            _depth += 3;
            PrintParameters(parameters.Items);
            _depth -= 3;
        }
    }

    private void PrintParameters(List<ItaniumNode> types)
    {
        Modifier? outer = _modifiers;
        _modifiers = null;
        Append("(");
        if (types.Count != 1 || !ItaniumNode.IsVoid(types[0]))
        {
            PrintList(types);
        }

        Append(")");
        _modifiers = outer;
    }

    private static List<ItaniumNode>? FindTemplateArguments(ItaniumNode name) => name.Kind switch
    {
        ItaniumKind.Template => name.Items,
        ItaniumKind.Member => FindTemplateArguments(name.First!),
        ItaniumKind.Local => FindTemplateArguments(name.Second!),
        _ => null,
    };

    private static bool IsConstructor(ItaniumNode name) => name.Kind switch
    {
        ItaniumKind.Constructor or ItaniumKind.Destructor or ItaniumKind.Conversion => true,
        ItaniumKind.Template or ItaniumKind.Tagged or ItaniumKind.Member => IsConstructor(name.First!),
        ItaniumKind.Nested => IsConstructor(name.Second!),
        _ => false,
    };

    // What a constructor of that is called.
    private static ItaniumNode? FindLeaf(ItaniumNode name) => name.Kind switch
    {
        ItaniumKind.Name or ItaniumKind.Lambda => name,
        ItaniumKind.Standard => name.Leaf == null ? null : name,
        ItaniumKind.Template or ItaniumKind.Tagged or ItaniumKind.Member => FindLeaf(name.First!),
        ItaniumKind.Nested => FindLeaf(name.Second!) ?? FindLeaf(name.First!),
        ItaniumKind.Local => FindLeaf(name.Second!) ?? FindLeaf(name.First!),
        ItaniumKind.Encoding => FindLeaf(name.First!),
        _ => null,
    };

    private static ItaniumNode? FindUnnamed(ItaniumNode name) => name.Kind switch
    {
        ItaniumKind.Unnamed => name,
        ItaniumKind.Member or ItaniumKind.Nested or ItaniumKind.Template => FindUnnamed(name.First!),
        _ => null,
    };

    /// <summary>What a type is within; the innermost comes first.</summary>
    private sealed class Modifier(ItaniumNode node, Modifier? next)
    {
        internal ItaniumNode Node { get; } = node;

        internal Modifier? Next { get; } = next;

        internal bool IsPrinted { get; set; }

        /// <summary>Whether those of a function have been, too.</summary>
        internal bool AreQualifiersPrinted { get; set; }

        /// <summary>The innermost of these that has not been printed.</summary>
        internal static Modifier? FindWaiting(Modifier? modifier)
        {
            while (modifier is { IsPrinted: true })
            {
                modifier = modifier.Next;
            }

            return modifier;
        }
    }
}
