namespace Wizer.Engine.Symbols;

// Types, which print what they are within as well.
internal sealed partial class ItaniumPrinter
{
    private void PrintType(ItaniumNode node)
    {
        switch (node.Kind)
        {
            case ItaniumKind.Qualified when node.First!.Kind == ItaniumKind.Array:
                // An array of constants, rather than a constant array.
                ItaniumNode array = node.First;
                var element = new ItaniumNode(ItaniumKind.Qualified) { First = array.First, Text = node.Text };
                PrintArray(new ItaniumNode(ItaniumKind.Array) { First = element, Second = array.Second });
                break;
            case ItaniumKind.Reference or ItaniumKind.RvalueReference:
                PrintReference(node);
                break;
            case ItaniumKind.MemberPointer:
                PrintWithin(node, node.Second!);
                break;
            case ItaniumKind.Function:
                PrintFunction(node);
                break;
            case ItaniumKind.Array:
                PrintArray(node);
                break;
            case ItaniumKind.Expansion:
                Print(node.First!);
                Append(_hasSeenPack ? "" : "...");
                break;
            default:
                PrintWithin(node, node.First!);
                break;
        }
    }

    /// <summary>Prints a type within a modifier, and that if the type did not.</summary>
    private void PrintWithin(ItaniumNode modifier, ItaniumNode type)
    {
        var within = new Modifier(modifier, _modifiers);
        _modifiers = within;
        Print(type);
        _modifiers = within.Next;
        if (!within.IsPrinted)
        {
            PrintModifier(modifier);
        }
    }

    // References to references collapse: an lvalue reference wins.
    private void PrintReference(ItaniumNode node)
    {
        Modifier? outer = Modifier.FindWaiting(_modifiers);
        if (outer?.Node.Kind == ItaniumKind.Reference)
        {
            Print(node.First!);
            return;
        }

        if (outer?.Node.Kind == ItaniumKind.RvalueReference)
        {
            outer.IsPrinted = true;
        }

        PrintWithin(node, node.First!);
    }

    private void PrintFunction(ItaniumNode node)
    {
        Modifier? outer = _modifiers;
        if (node.Leaf != null)
        {
            _modifiers = new Modifier(new ItaniumNode(ItaniumKind.FunctionReference) { Text = node.Leaf }, outer);
        }

        Modifier? mine = _modifiers;
        var within = new Modifier(node, mine);
        _modifiers = within;
        Print(node.First!);
        _modifiers = mine;
        if (!within.IsPrinted)
        {
            Append(" ");
            PrintFunctionRest(node, mine);
        }

        if (!within.AreQualifiersPrinted)
        {
            PrintQualifiers(node);
        }

        _modifiers = outer;
    }

    private void PrintQualifiers(ItaniumNode function)
    {
        Append(function.Text);
        if (function.Second != null)
        {
            PrintApart(function.Second);
        }
    }

    // What is behind the result's type.
    private void PrintFunctionRest(ItaniumNode node, Modifier? modifiers)
    {
        bool needsParentheses = false;
        bool needsSpace = false;
        for (Modifier? modifier = modifiers; modifier != null && !needsParentheses; modifier = modifier.Next)
        {
            switch (modifier.Node.Kind)
            {
                case var _ when modifier.IsPrinted:
                    break;
                case ItaniumKind.Pointer or ItaniumKind.Reference or ItaniumKind.RvalueReference:
                    needsParentheses = true;
                    break;
                case ItaniumKind.Qualified or ItaniumKind.MemberPointer:
                    needsParentheses = true;
                    needsSpace = true;
                    break;
            }
        }

        if (needsParentheses)
        {
            if (needsSpace || Last is not ('(' or '*'))
            {
                EnsureSpace();
            }

            Append("(");
        }

        PrintModifiers(modifiers);
        Append(needsParentheses ? ")" : "");
        PrintParameters(node.Items);
    }

    private void PrintArray(ItaniumNode node)
    {
        // Qualifiers of an array are those of its elements.
        Modifier? outer = _modifiers;
        var within = new Modifier(node, outer);
        _modifiers = within;
        bool isQualified = false;
        Modifier? waiting = Modifier.FindWaiting(outer);
        while (waiting?.Node.Kind == ItaniumKind.Qualified)
        {
            _modifiers = new Modifier(waiting.Node, _modifiers);
            waiting.IsPrinted = true;
            isQualified = true;
            waiting = Modifier.FindWaiting(waiting);
        }

        Modifier? first = _modifiers;
        Print(node.First!);
        _modifiers = outer;
        if (within.IsPrinted)
        {
            return;
        }

        for (Modifier? modifier = first; modifier != within; modifier = modifier!.Next)
        {
            if (!modifier!.IsPrinted)
            {
                PrintModifier(modifier.Node);
            }
        }

        PrintArrayRest(node, outer, isQualified);
    }

    // What is behind the element's type. The original leaves parentheses where the qualifiers were.
    private void PrintArrayRest(ItaniumNode node, Modifier? modifiers, bool isQualified = false)
    {
        Modifier? waiting = Modifier.FindWaiting(modifiers);
        bool isOfArray = waiting?.Node.Kind == ItaniumKind.Array && !isQualified;
        bool isPlain = waiting == null && !isQualified;
        Append(isPlain || isOfArray ? "" : " (");
        PrintModifiers(modifiers, isArray: true);
        Append(isPlain ? " [" : isOfArray ? "[" : ") [");
        if (node.Second != null)
        {
            PrintApart(node.Second);
        }

        Append("]");
    }

    private void PrintModifiers(Modifier? modifiers, bool isArray = false)
    {
        for (Modifier? modifier = modifiers; modifier != null && !_hasFailed; modifier = modifier.Next)
        {
            if (!modifier.IsPrinted && PrintInPlace(modifier))
            {
                // Otherwise they stand at the very end.
                if (isArray && modifier.Node.Kind == ItaniumKind.Function)
                {
                    PrintQualifiers(modifier.Node);
                    modifier.AreQualifiersPrinted = true;
                }

                break;
            }
        }
    }

    private void PrintInnermostModifier()
    {
        if (Modifier.FindWaiting(_modifiers) is { } modifier)
        {
            PrintInPlace(modifier);
        }
    }

    // Whether it has printed those further out, too.
    private bool PrintInPlace(Modifier modifier)
    {
        modifier.IsPrinted = true;
        switch (modifier.Node.Kind)
        {
            case ItaniumKind.Function:
                PrintFunctionRest(modifier.Node, modifier.Next);
                return true;
            case ItaniumKind.Array:
                PrintArrayRest(modifier.Node, modifier.Next);
                return true;
            default:
                PrintModifier(modifier.Node);
                return false;
        }
    }

    private void PrintModifier(ItaniumNode node)
    {
        switch (node.Kind)
        {
            case ItaniumKind.Qualified:
                Append(node.Text);
                break;
            case ItaniumKind.Pointer:
                Append("*");
                break;
            case ItaniumKind.Reference:
                Append("&");
                break;
            case ItaniumKind.RvalueReference:
                Append("&&");
                break;
            case ItaniumKind.FunctionReference:
                EnsureSpace();
                Append(node.Text);
                break;
            case ItaniumKind.MemberPointer:
                if (Last != '(')
                {
                    EnsureSpace();
                }

                Print(node.First!);
                Append("::*");
                break;
            case ItaniumKind.Vector:
                Append(" __vector(");
                PrintApart(node.Second!);
                Append(")");
                break;
        }
    }
}
