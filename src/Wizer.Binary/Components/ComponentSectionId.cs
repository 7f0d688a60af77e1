namespace Wizer.Binary.Components;

/// <summary>The sections of a component, with their codes. Component Model, Binary Format: Component Definitions.</summary>
public enum ComponentSectionId : byte
{
    /// <summary>A custom section.</summary>
    Custom = 0,

    /// <summary>A core module.</summary>
    CoreModule = 1,

    /// <summary>Core instances.</summary>
    CoreInstance = 2,

    /// <summary>Core types.</summary>
    CoreType = 3,

    /// <summary>A nested component.</summary>
    Component = 4,

    /// <summary>Component instances.</summary>
    Instance = 5,

    /// <summary>Aliases.</summary>
    Alias = 6,

    /// <summary>Types.</summary>
    Type = 7,

    /// <summary>Canonical definitions.</summary>
    Canon = 8,

    /// <summary>A start definition.</summary>
    Start = 9,

    /// <summary>Imports.</summary>
    Import = 10,

    /// <summary>Exports.</summary>
    Export = 11,

    /// <summary>Values.</summary>
    Value = 12,
}

/// <summary>A section of a component and where it stands.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Offset">The file offset of the id byte.</param>
/// <param name="Contents">What follows the size.</param>
/// <param name="Name">The name of a custom section; empty otherwise.</param>
/// <param name="FirstDefinition">The index in <see cref="ComponentInfo.Definitions"/> of the first definition in it.</param>
/// <param name="DefinitionCount">How many definitions it holds.</param>
public readonly record struct ComponentSectionInfo(
    ComponentSectionId Id, int Offset, ByteRange Contents, ByteRange Name, int FirstDefinition, int DefinitionCount)
{
    /// <summary>The whole section: id, size and contents.</summary>
    public ByteRange Whole => new(Offset, Contents.End - Offset);
}
