using System.Text;

namespace Wizer.Binary.Components;

/// <summary>
/// A parsed component: its definitions in order and where everything stands. Names, core modules and values are ranges of
/// <see cref="Bytes"/>, never copies. Being well-formed is all it promises; the validator says whether it
/// is valid. Component Model, Binary Format.
/// </summary>
public sealed class ComponentInfo
{
    private readonly int[][] _spaces;

    internal ComponentInfo(
        ReadOnlyMemory<byte> bytes, ByteRange range, ComponentSectionInfo[] sections, Definition[] definitions, int[][] spaces)
    {
        Bytes = bytes;
        Range = range;
        Sections = sections;
        Definitions = definitions;
        _spaces = spaces;
    }

    /// <summary>The whole file, as it was given; every range and offset refers to it, those of nested components too.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Where this component stands in the file, preamble included.</summary>
    public ByteRange Range { get; }

    /// <summary>Every section in file order, custom ones included.</summary>
    public ComponentSectionInfo[] Sections { get; }

    /// <summary>Every definition in file order.</summary>
    public Definition[] Definitions { get; }

    /// <summary>
    /// An index space: for each index, the index in <see cref="Definitions"/> of what defines it. An import or export is a
    /// definition too; a start that has several results, and a group of several core types, occurs several times.
    /// </summary>
    public ReadOnlySpan<int> SpaceOf(Sort sort) => _spaces[(int)sort];

    /// <summary>The definition behind an index; the index must be within its space.</summary>
    public Definition DefinitionOf(Sort sort, uint index) => Definitions[_spaces[(int)sort][index]];

    /// <summary>A name, decoded. For comparing, prefer the bytes.</summary>
    public string NameAt(ByteRange range) => Encoding.UTF8.GetString(range.Of(Bytes.Span));
}
