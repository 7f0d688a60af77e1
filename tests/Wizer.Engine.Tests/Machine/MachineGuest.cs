using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Layout;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Modules under test that have to become machine code, beside the other forms of the engine.</summary>
internal static unsafe class MachineGuest
{
    /// <summary>Calls <c>f</c> in all forms, which answer alike, and says what.</summary>
    internal static ulong[] Call(string wat, params ulong[] arguments)
    {
        ulong[]? expected = null;
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            using var guest = new LoopGuest(form, wat);
            ulong[] actual;
            try
            {
                actual = guest.Call("f", arguments);
            }
            catch (WasmTrapException trap)
            {
                throw new InvalidOperationException($"{form} traps", trap);
            }

            expected ??= actual;
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"{form}: {Text(actual)} for {Text(arguments)}, not {Text(expected)}");
            if (form == EngineForm.Machine && MachineCode.IsSupported)
            {
                Assert.True(HasMachineCode(guest.Instance, "f"), "there is no machine code");
            }
        }

        return expected!;
    }

    /// <summary>
    /// Calls <c>f</c> in all forms, again and again, which answer and trap alike: kind, message, address and backtrace. Says what.
    /// </summary>
    internal static string[] Outcomes(string wat, bool reserve, params ulong[][] arguments)
    {
        string[]? expected = null;
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            using var guest = new LoopGuest(form, wat, reserve: reserve);
            string[] actual = [.. arguments.Select(values => Outcome(guest, values))];
            expected ??= actual;
            for (int i = 0; i < actual.Length; i++)
            {
                Assert.True(expected[i] == actual[i], $"{form}, {Text(arguments[i])}: {actual[i]}, not {expected[i]}, of {wat}");
            }

            if (form == EngineForm.Machine && MachineCode.IsSupported)
            {
                Assert.True(HasMachineCode(guest.Instance, "f"), "there is no machine code");
            }
        }

        return expected!;
    }

    private static string Outcome(LoopGuest guest, ulong[] arguments)
    {
        try
        {
            return Text(guest.Call("f", arguments));
        }
        catch (WasmTrapException trap)
        {
            return $"{trap.Kind} at {trap.FaultAddress:x} in {Frames(trap)}: {trap.Message}";
        }
    }

    /// <summary>Calls <c>f</c> in all forms, which trap alike: kind, message and backtrace.</summary>
    internal static WasmTrapException Trap(string wat, Action<Linker>? define, params ulong[] arguments)
    {
        WasmTrapException? expected = null;
        foreach (EngineForm form in Enum.GetValues<EngineForm>())
        {
            using var guest = new LoopGuest(form, wat, define);
            var actual = Assert.ThrowsAny<WasmTrapException>(() => guest.Call("f", arguments));
            expected ??= actual;
            Assert.Equal(expected.Message, actual.Message);
            Assert.Equal($"{form} {expected.Kind} {Frames(expected)}", $"{form} {actual.Kind} {Frames(actual)}");
        }

        return expected!;
    }

    /// <summary>The functions and offsets of a backtrace, innermost first.</summary>
    internal static string Frames(WasmTrapException trap) =>
        string.Join(' ', trap.Backtrace.Select(frame => $"{frame.FuncIndex}@{frame.CodeOffset:x}"));

    /// <summary>Whether an exported function has machine code.</summary>
    internal static bool HasMachineCode(Instance instance, string export) => HasMachineCode(instance.FindFunction(export)!.Data);

    /// <summary>Whether a function has machine code.</summary>
    internal static bool HasMachineCode(FuncData* func) => func->MachineEntry != 0 && func->MachineEntry != MachineCode.InterpretEntry;

    private static string Text(ulong[] slots) => string.Join(' ', slots.Select(slot => $"0x{slot:x}"));
}
