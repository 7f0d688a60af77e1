namespace Wizer.Binary.Components;

/// <summary>
/// The name of an import or export with its attributes. Component Model, Binary Format: Import and Export Definitions
/// (<c>externname</c>).
/// </summary>
/// <param name="Prefix">The byte before it: 0 and 1 mean the same, 2 says that attributes follow.</param>
/// <param name="Name">The name.</param>
/// <param name="Attributes">In order.</param>
public readonly record struct ExternName(byte Prefix, ByteRange Name, NameAttribute[] Attributes)
{
    /// <summary>The interface that an instance implements, or null.</summary>
    public ByteRange? Implements => Find(NameAttributeKind.Implements);

    /// <summary>The rest of a canonical version, or null.</summary>
    public ByteRange? VersionSuffix => Find(NameAttributeKind.VersionSuffix);

    /// <summary>What the import or export is called outside of components, or null.</summary>
    public ByteRange? ExternalId => Find(NameAttributeKind.ExternalId);

    private ByteRange? Find(NameAttributeKind kind)
    {
        foreach (NameAttribute attribute in Attributes)
        {
            if (attribute.Kind == kind)
            {
                return attribute.Value;
            }
        }

        return null;
    }
}

/// <summary>An attribute of a name.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Value">Its value.</param>
public readonly record struct NameAttribute(NameAttributeKind Kind, ByteRange Value);

/// <summary>The attributes of names, with their codes. Component Model, Binary Format: Import and Export Definitions.</summary>
public enum NameAttributeKind : byte
{
    /// <summary><c>implements</c>.</summary>
    Implements = 0,

    /// <summary><c>versionsuffix</c>.</summary>
    VersionSuffix = 1,

    /// <summary><c>external-id</c>.</summary>
    ExternalId = 2,
}

/// <summary>How much an <see cref="ExternType"/> says about a type or value.</summary>
public enum ExternBound : byte
{
    /// <summary>It has the type with the index; for a value, it has <see cref="ExternType.ValueType"/>.</summary>
    None,

    /// <summary><c>(eq i)</c>: it is the same as the one with the index.</summary>
    Eq,

    /// <summary><c>(sub resource)</c>: it is some resource type.</summary>
    SubResource,
}

/// <summary>
/// The type of an import or export, as it is written. Component Model, Binary Format: Type Definitions (<c>externdesc</c>).
/// </summary>
/// <param name="Sort">What it is: a core module, function, value, type, component or instance.</param>
/// <param name="Bound">What <paramref name="Index"/> means.</param>
/// <param name="Index">
/// The index of its type, core type for a core module; of the type or value that it equals; 0 when the bound needs none.
/// </param>
/// <param name="ValueType">The type of a value without an equal; otherwise meaningless.</param>
/// <param name="Offset">The file offset.</param>
public readonly record struct ExternType(Sort Sort, ExternBound Bound, uint Index, ComponentValType ValueType, int Offset);
