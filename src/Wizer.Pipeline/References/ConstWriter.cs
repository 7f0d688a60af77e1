using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes references as constant expressions. What such an expression cannot hold is left for code to set, and null or a placeholder
/// stands there until then.
/// </summary>
internal sealed class ConstWriter : IReferencePolicy
{
    // What is in an expression of its own is quicker to load up to here, and engines compile all of them as one function.
    private const int MaxNesting = 32;
    private const int MaxOperands = 1_000;

    private readonly References _references;
    private readonly ObjectGraph _graph;
    private readonly ObjectClasses _classes;
    private readonly HomeGlobals _homes;
    private readonly ArrayForms _forms;
    private readonly Placeholders _placeholders;
    private readonly InstructionBuffer _code;
    private readonly ObjectWriter _objects;
    private readonly DeferredReferences _deferred;

    internal ConstWriter(
        References references,
        ModuleTypes types,
        ObjectGraph graph,
        ObjectClasses classes,
        HomeGlobals homes,
        ArrayForms forms,
        Placeholders placeholders,
        InstructionBuffer code,
        DeferredReferences deferred)
    {
        _references = references;
        _graph = graph;
        _classes = classes;
        _homes = homes;
        _forms = forms;
        _placeholders = placeholders;
        _code = code;
        _deferred = deferred;
        _objects = new ObjectWriter(graph, types, forms, placeholders, code, image: null);
    }

    /// <summary>How many globals an expression may name: those before its own.</summary>
    internal uint GlobalCount { get; set; }

    /// <summary>Which objects loops make, so that nothing else does; null while that is not known.</summary>
    internal LoadedClasses? Loaded { private get; set; }

    /// <summary>What is written to.</summary>
    internal InstructionBuffer Code => _code;

    /// <summary>Whether a constant expression can make a reference.</summary>
    internal bool CanWrite(ulong handle, ValType type)
    {
        ReferenceKind kind = _references.KindOf(handle, type);
        if (kind != ReferenceKind.Object)
        {
            return IsAtom(kind);
        }

        int node = _graph.Find(handle);
        return _classes.IsConstant(node) ? _homes.IsAvailable(node, type, GlobalCount) : CanInline(node);
    }

    /// <summary>Writes a reference that can be written, without the end of the expression.</summary>
    internal void Write(ulong handle, ValType type)
    {
        ReferenceKind kind = _references.KindOf(handle, type);
        if (kind != ReferenceKind.Object)
        {
            _references.WriteAtom(kind, handle, type, _code);
            return;
        }

        int node = _graph.Find(handle);
        if (_classes.IsConstant(node))
        {
            _homes.Write(node, type, _code);
        }
        else
        {
            _classes.Inline(node);
            _objects.Write(node, type, this);
        }
    }

    /// <summary>Whether a reference is written the same way wherever it goes, and makes no object.</summary>
    internal bool IsAtom(ulong handle, ValType type) => IsAtom(_references.KindOf(handle, type));

    /// <summary>Whether a reference is to a function that has an index.</summary>
    internal bool IsFunc(ulong handle, ValType type) => _references.KindOf(handle, type) == ReferenceKind.Func;

    /// <summary>Writes the index of a function.</summary>
    internal void WriteFuncIndex(ulong handle) => _references.WriteFuncIndex(handle, _code);

    /// <summary>Writes the expression that makes an object at its home, with its present contents.</summary>
    internal void WriteHome(int node, ValType type) => _objects.Write(node, type, this);

    bool IReferencePolicy.Nests(int node, int item, int child)
    {
        if (_classes.IsConstant(child))
        {
            return _classes.HomeOf(child) < 0 && _classes.OuterOf(child) == node && !_graph.ShapeOf(node).ItemAt(item).IsMutable;
        }

        if (_classes.IsInlined(node) || CanInline(child))
        {
            _classes.Inline(child);
            return true;
        }

        return false;
    }

    void IReferencePolicy.WriteItem(int node, int item, ValType type)
    {
        ulong handle = _graph.ReferenceAt(node, item);
        if (CanWriteItem(handle, type))
        {
            Write(handle, type);
            return;
        }

        if (!_graph.ShapeOf(node).ItemAt(item).IsMutable)
        {
            References.Refuse(_references.KindOf(handle, type), _graph.PlaceOf(node).Item(_graph.ShapeOf(node), item));
        }

        _placeholders.Write(type, _code, () => _graph.PlaceOf(node).Item(_graph.ShapeOf(node), item));
        if (_graph.ShapeOf(node).IsArray && _forms.FormOf(node, isConstant: true) == ArrayForm.Equal)
        {
            DeferAll(node);
        }
        else
        {
            _deferred.AddItem(node, item);
        }
    }

    void IReferencePolicy.Fill(int node)
    {
        if (_graph.ShapeOf(node).ReferenceCount == 0)
        {
            _deferred.AddNumbers(node);
        }
        else
        {
            DeferAll(node);
        }
    }

    private static bool IsAtom(ReferenceKind kind) =>
        kind is ReferenceKind.Null or ReferenceKind.Func or ReferenceKind.I31 or ReferenceKind.Import;

    // Whatever is to be made there has been asked about already.
    private bool CanWriteItem(ulong handle, ValType type)
    {
        ReferenceKind kind = _references.KindOf(handle, type);
        if (kind != ReferenceKind.Object)
        {
            return IsAtom(kind);
        }

        int node = _graph.Find(handle);
        return _classes.IsConstant(node) && _homes.IsAvailable(node, type, GlobalCount);
    }

    private void DeferAll(int node)
    {
        for (int i = 0; i < _graph.ItemCount(node); i++)
        {
            if (_graph.ReferenceAt(node, i) != 0)
            {
                _deferred.AddItem(node, i);
            }
        }
    }

    private bool CanInline(int node)
    {
        int operands = 0;
        return CanInline(node, 1, ref operands);
    }

    // As deep as expressions may be.
    private bool CanInline(int node, int depth, ref int operands)
    {
        ObjectShape shape = _graph.ShapeOf(node);
        bool isLoaded = Loaded?.IsLoaded(node) == true;
        if (depth > MaxNesting || _graph.UseCountOf(node) != 1 || _classes.IsInlined(node) || shape.IsException || isLoaded)
        {
            return false;
        }

        int count = _graph.ItemCount(node);
        if (shape.IsArray)
        {
            ArrayForm form = _forms.FormOf(node, isConstant: true);
            count = form switch
            {
                ArrayForm.Default => 0,
                ArrayForm.Equal => 1,
                _ => count,
            };
        }

        operands += count;
        for (int i = 0; i < count && operands <= MaxOperands; i++)
        {
            ValType type = shape.ItemAt(i).Storage;
            if (type.IsRef && !CanInlineItem(_graph.ReferenceAt(node, i), type, depth, ref operands))
            {
                return false;
            }
        }

        return operands <= MaxOperands;
    }

    private bool CanInlineItem(ulong handle, ValType type, int depth, ref int operands)
    {
        ReferenceKind kind = _references.KindOf(handle, type);
        if (kind != ReferenceKind.Object)
        {
            return IsAtom(kind);
        }

        int node = _graph.Find(handle);
        return _classes.IsConstant(node)
            ? _homes.IsAvailable(node, type, GlobalCount)
            : CanInline(node, depth + 1, ref operands);
    }
}
