using System.Reflection;
using System.Runtime.InteropServices;
using Wasmtime;

namespace Wizer.Differential.Execution;

/// <summary>
/// The elements of a table as Wasmtime's handles. Its binding makes an object of each element that knows the types of its function, and
/// ends the process when one of those is a reference to an object; the library beneath it only copies the handle.
/// </summary>
internal static partial class WasmtimeElements
{
    private const BindingFlags NonPublic = BindingFlags.Instance | BindingFlags.NonPublic;

    private static readonly FieldInfo s_table = typeof(Table).GetField("table", NonPublic)!;
    private static readonly FieldInfo s_context = typeof(Store).GetField("contextHandle", NonPublic)!;

    /// <summary>A handle for each element, zero for null; two are equal when the functions are the same.</summary>
    internal static nint[] Of(Store store, Table table)
    {
        object managed = s_table.GetValue(table)!;
        var handle = new TableHandle
        {
            Store = Member<ulong>(managed, "store"),
            Private1 = Member<uint>(managed, "__private1"),
            Private2 = Member<uint>(managed, "__private2"),
        };
        var context = (nint)s_context.GetValue(store)!;
        var elements = new nint[table.GetSize()];
        for (int i = 0; i < elements.Length; i++)
        {
            if (!GetElement(context, in handle, (ulong)i, out ElementValue value))
            {
                throw new InvalidOperationException($"there is no element {i}");
            }

            elements[i] = value.Store == 0 ? 0 : value.Function;
        }

        return elements;
    }

    private static T Member<T>(object structure, string name) =>
        (T)structure.GetType().GetField(name, NonPublic | BindingFlags.Public)!.GetValue(structure)!;

    [LibraryImport("wasmtime", EntryPoint = "wasmtime_table_get")]
    [return: MarshalAs(UnmanagedType.U1)]
    private static partial bool GetElement(nint context, in TableHandle table, ulong index, out ElementValue value);

    /// <summary><c>wasmtime_table_t</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 24)]
    private struct TableHandle
    {
        [FieldOffset(0)]
        internal ulong Store;

        [FieldOffset(8)]
        internal uint Private1;

        [FieldOffset(16)]
        internal uint Private2;
    }

    /// <summary><c>wasmtime_val_t</c> when it is a function, which is two words; as large as any value.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct ElementValue
    {
        [FieldOffset(8)]
        internal ulong Store;

        [FieldOffset(16)]
        internal nint Function;
    }
}
