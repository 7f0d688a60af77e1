namespace Wizer.Cli;

/// <summary>What a run that goes on has to say.</summary>
/// <param name="Code">Its number.</param>
/// <param name="Text">One line, without a final period.</param>
internal sealed record Warning(DiagnosticCode Code, string Text);
