namespace Wizer.Engine.Compiler;

/// <summary>What is compiled, and when.</summary>
/// <param name="Mode">Which functions.</param>
/// <param name="Threshold">How many calls and branches make a function busy, for each byte of its body and two hundred more.</param>
/// <param name="MachineThreshold">The same for machine code of our own, which takes a hundredth of the time.</param>
/// <param name="CompilesInBackground">Whether functions are compiled while they go on being interpreted.</param>
internal readonly record struct TieringOptions(TierMode Mode, int Threshold, int MachineThreshold, bool CompilesInBackground);
