namespace Wizer.Engine.Symbols;

/// <summary>What a part of a name of C++ is.</summary>
internal enum ItaniumKind
{
    /// <summary><see cref="ItaniumNode.Text"/>, as it is.</summary>
    Name,

    /// <summary>A class of the standard library: the text without its template arguments is in <see cref="ItaniumNode.Leaf"/>.</summary>
    Standard,

    /// <summary><c>First::Second</c>.</summary>
    Nested,

    /// <summary>A name of a member function, with the qualifiers of <c>this</c>.</summary>
    Member,

    /// <summary><c>First&lt;Items&gt;</c>.</summary>
    Template,

    /// <summary><c>First[abi:Text]</c>.</summary>
    Tagged,

    /// <summary><c>operator First</c>: a conversion.</summary>
    Conversion,

    /// <summary>Of the class that is being named, or of First, when it is inherited.</summary>
    Constructor,

    /// <summary>The same, with a tilde.</summary>
    Destructor,

    /// <summary>A class without a name.</summary>
    Unnamed,

    /// <summary><c>{lambda(Items)#Text}</c>.</summary>
    Lambda,

    /// <summary>Second, within the function First; or only that.</summary>
    Local,

    /// <summary>A function of the name First with the types Items, or what else has that name.</summary>
    Encoding,

    /// <summary><c>T_</c>: the template argument of the number <see cref="ItaniumNode.Index"/>.</summary>
    TemplateParameter,

    /// <summary>Several template arguments in the place of one.</summary>
    ArgumentPack,

    /// <summary>First, with the qualifiers Text.</summary>
    Qualified,

    /// <summary>A pointer to First.</summary>
    Pointer,

    /// <summary>An lvalue reference to First.</summary>
    Reference,

    /// <summary>An rvalue reference to First.</summary>
    RvalueReference,

    /// <summary>A pointer to a member of the class First, of the type Second.</summary>
    MemberPointer,

    /// <summary>A vector of First; Second is its length.</summary>
    Vector,

    /// <summary>An array of First; Second is its length, or null.</summary>
    Array,

    /// <summary>A function that returns First and takes Items.</summary>
    Function,

    /// <summary>The <c>&amp;</c> or <c>&amp;&amp;</c> of a function type without other qualifiers.</summary>
    FunctionReference,

    /// <summary>First, expanded.</summary>
    Expansion,

    /// <summary>Items one after the other.</summary>
    Sequence,

    /// <summary>Items with commas between them.</summary>
    List,

    /// <summary>First as an operand: in parentheses, unless it needs none.</summary>
    Operand,
}

/// <summary>A part of a name of C++.</summary>
internal sealed class ItaniumNode(ItaniumKind kind)
{
    private static readonly List<ItaniumNode> s_none = [];

    internal ItaniumNode(string text)
        : this(ItaniumKind.Name) => Text = text;

    internal ItaniumKind Kind { get; } = kind;

    internal ItaniumNode? First { get; init; }

    internal ItaniumNode? Second { get; init; }

    internal List<ItaniumNode> Items { get; init; } = s_none;

    internal string Text { get; init; } = "";

    /// <summary>What a class's constructor is called, when it is not <see cref="Text"/>.</summary>
    internal string? Leaf { get; init; }

    internal int Index { get; init; }

    internal static bool IsVoid(ItaniumNode node) => node is { Kind: ItaniumKind.Name, Text: "void", Leaf: "" };

    /// <summary>Whether it stands in an expression without parentheses.</summary>
    internal bool IsSimple { get; init; }
}
