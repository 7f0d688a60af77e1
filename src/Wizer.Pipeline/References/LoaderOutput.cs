namespace Wizer.Pipeline;

/// <summary>What loops become a part of.</summary>
/// <param name="Types">Gets their types.</param>
/// <param name="Funcs">Gets the loops.</param>
/// <param name="Named">Gets the functions that they refer to.</param>
/// <param name="Constants">For constant expressions.</param>
/// <param name="Elements">Gets a segment.</param>
internal sealed record LoaderOutput(
    AddedTypes Types, AddedFuncs Funcs, FuncSet Named, InstructionBuffer Constants, ElementChanges Elements);
