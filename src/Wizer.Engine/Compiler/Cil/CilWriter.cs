using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;

namespace Wizer.Engine.Compiler.Cil;

/// <summary>
/// Appends CIL to a method, and counts what RyuJIT counts: beyond its limits it compiles without optimization, which is slower
/// than the interpreter's loop is worth leaving.
/// </summary>
[RequiresDynamicCode("Compiles at run time.")]
internal sealed class CilWriter(ILGenerator il)
{
    // RyuJIT's own limits (DEFAULT_MIN_OPTS_*) are 60,000 bytes, 20,000 instructions, 2,000 blocks, 2,000 locals and 8,000
    // references to them; ours leave room for what it counts differently.
    private const int MaxByteLength = 55_000;
    private const int MaxInstructions = 19_000;
    private const int MaxBlocks = 1_900;
    private const int MaxLocals = 1_000;
    private const int MaxLocalUses = 7_800;

    private int _instructions;
    private int _blocks;
    private int _locals;
    private int _localUses;

    /// <summary>Whether the method is still one that RyuJIT optimizes.</summary>
    internal bool IsWithinLimits =>
        il.ILOffset <= MaxByteLength && _instructions <= MaxInstructions && _blocks <= MaxBlocks
        && _locals <= MaxLocals && _localUses <= MaxLocalUses;

    internal LocalBuilder DeclareLocal(Type type)
    {
        _locals++;
        return il.DeclareLocal(type);
    }

    internal Label DefineLabel() => il.DefineLabel();

    internal void MarkLabel(Label label)
    {
        _blocks++;
        il.MarkLabel(label);
    }

    internal void Emit(OpCode code)
    {
        _instructions++;
        il.Emit(code);
    }

    internal void Branch(OpCode code, Label target)
    {
        _instructions++;
        _blocks++;
        il.Emit(code, target);
    }

    internal void Switch(Label[] targets)
    {
        _instructions++;
        _blocks++;
        il.Emit(OpCodes.Switch, targets);
    }

    internal void Load(LocalBuilder local)
    {
        _instructions++;
        _localUses++;
        il.Emit(OpCodes.Ldloc, local);
    }

    internal void Store(LocalBuilder local)
    {
        _instructions++;
        _localUses++;
        il.Emit(OpCodes.Stloc, local);
    }

    internal void LoadAddress(LocalBuilder local)
    {
        _instructions++;
        _localUses++;
        il.Emit(OpCodes.Ldloca, local);
    }

    internal void LoadArgument(int index)
    {
        _instructions++;
        _localUses++;
        il.Emit(index switch { 0 => OpCodes.Ldarg_0, 1 => OpCodes.Ldarg_1, _ => OpCodes.Ldarg_2 });
    }

    internal void Int32(int value)
    {
        _instructions++;
        switch (value)
        {
            case 0:
                il.Emit(OpCodes.Ldc_I4_0);
                break;
            case 1:
                il.Emit(OpCodes.Ldc_I4_1);
                break;
            case >= sbyte.MinValue and <= sbyte.MaxValue:
                il.Emit(OpCodes.Ldc_I4_S, (sbyte)value);
                break;
            default:
                il.Emit(OpCodes.Ldc_I4, value);
                break;
        }
    }

    internal void Int64(long value)
    {
        if (value == (int)value)
        {
            Int32((int)value);
            Emit(OpCodes.Conv_I8);
            return;
        }

        _instructions++;
        il.Emit(OpCodes.Ldc_I8, value);
    }

    internal void Single(float value)
    {
        _instructions++;
        il.Emit(OpCodes.Ldc_R4, value);
    }

    internal void Double(double value)
    {
        _instructions++;
        il.Emit(OpCodes.Ldc_R8, value);
    }

    internal void Call(MethodInfo method)
    {
        _instructions++;
        il.Emit(OpCodes.Call, method);
    }

    /// <summary>Adds a constant to the address on the stack.</summary>
    internal void AddOffset(long byteOffset)
    {
        if (byteOffset != 0)
        {
            Int64(byteOffset);
            Emit(OpCodes.Add);
        }
    }

    /// <summary>Calls a managed function pointer, which is on the stack behind its arguments.</summary>
    internal void CallIndirect(Type result, Type[] parameters)
    {
        _instructions++;
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, result, parameters, null);
    }

    /// <summary>Loads or stores a vector at the address on the stack.</summary>
    internal void Object(OpCode code, Type type)
    {
        _instructions++;
        il.Emit(code, type);
    }
}
