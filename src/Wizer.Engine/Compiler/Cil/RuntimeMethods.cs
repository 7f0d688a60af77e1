using System.Reflection;
using System.Runtime.Intrinsics;
using Wizer.Engine.Interpreter;

namespace Wizer.Engine.Compiler.Cil;

/// <summary>What compiled code calls by name.</summary>
internal static class RuntimeMethods
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.NonPublic;

    internal static readonly MethodInfo CallForeign = typeof(CompiledCalls).GetMethod(nameof(CompiledCalls.CallForeign), Any)!;
    internal static readonly MethodInfo Interpret = typeof(CompiledCalls).GetMethod(nameof(CompiledCalls.Interpret), Any)!;
    internal static readonly MethodInfo IsSubtype = typeof(CompiledCalls).GetMethod(nameof(CompiledCalls.IsSubtype), Any)!;
    internal static readonly MethodInfo LimitTrap = typeof(CompiledCalls).GetMethod(nameof(CompiledCalls.LimitTrap), Any)!;
    internal static readonly MethodInfo Raise = typeof(CompiledCalls).GetMethod(nameof(CompiledCalls.Raise), Any)!;
    internal static readonly MethodInfo Unwind = typeof(CompiledCalls).GetMethod(nameof(CompiledCalls.Unwind), Any)!;

    internal static readonly MethodInfo Rare = typeof(RareOperations).GetMethod(nameof(RareOperations.Run), Any)!;
    internal static readonly MethodInfo VectorMemory = typeof(VectorMemory).GetMethod(nameof(Interpreter.VectorMemory.Run), Any)!;
    internal static readonly MethodInfo VectorLane = typeof(VectorLanes).GetMethod(nameof(VectorLanes.Run), Any)!;
    internal static readonly MethodInfo Shuffle = typeof(VectorLanes).GetMethod(nameof(VectorLanes.Shuffle), Any)!;
    internal static readonly MethodInfo Wide = typeof(WideArithmetic).GetMethod(nameof(WideArithmetic.Run), Any)!;

    internal static readonly MethodInfo BitsOfF32 = typeof(CompiledNumerics).GetMethod(nameof(CompiledNumerics.BitsOfF32), Any)!;
    internal static readonly MethodInfo CanonicalizeF32 = typeof(CompiledNumerics).GetMethod(
        nameof(CompiledNumerics.CanonicalizeF32), Any)!;
    internal static readonly MethodInfo CanonicalizeF64 = typeof(CompiledNumerics).GetMethod(
        nameof(CompiledNumerics.CanonicalizeF64), Any)!;
    internal static readonly MethodInfo CanonicalizeF32x4 = typeof(CompiledNumerics).GetMethod(
        nameof(CompiledNumerics.CanonicalizeF32x4), Any)!;
    internal static readonly MethodInfo CanonicalizeF64x2 = typeof(CompiledNumerics).GetMethod(
        nameof(CompiledNumerics.CanonicalizeF64x2), Any)!;
    internal static readonly MethodInfo UnsignedOf = typeof(CompiledNumerics).GetMethod(nameof(CompiledNumerics.UnsignedOf), Any)!;
    internal static readonly MethodInfo VectorOfHalves = typeof(CompiledVectors).GetMethod(nameof(CompiledVectors.OfHalves), Any)!;
}
