namespace Wizer.Generate.Emitters;

/// <summary>Writes one generated file.</summary>
internal interface IEmitter
{
    /// <summary>The file's name, <c>Name.g.cs</c>.</summary>
    string FileName { get; }

    void Emit(InstructionTable table, CodeWriter code);
}
