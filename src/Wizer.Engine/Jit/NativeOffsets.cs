using System.Runtime.InteropServices;

namespace Wizer.Engine;

/// <summary>Where compiled code finds the members of <see cref="ExecutionContext"/>, in bytes.</summary>
internal static class ContextOffsets
{
    internal static readonly int SlotLimit = (int)Marshal.OffsetOf<ExecutionContext>(nameof(ExecutionContext.SlotLimit));
    internal static readonly int InterruptRequested = (int)Marshal.OffsetOf<ExecutionContext>(nameof(ExecutionContext.InterruptRequested));
    internal static readonly int NativeLimit = (int)Marshal.OffsetOf<ExecutionContext>(nameof(ExecutionContext.NativeLimit));
    internal static readonly int Memory = (int)Marshal.OffsetOf<ExecutionContext>(nameof(ExecutionContext.Memory));
    internal static readonly int MachineExit = (int)Marshal.OffsetOf<ExecutionContext>(nameof(ExecutionContext.MachineExit));
    internal static readonly int MemoryLength = (int)Marshal.OffsetOf<ExecutionContext>(nameof(ExecutionContext.MemoryLength));
}

/// <summary>Where compiled code finds the members of <see cref="FuncData"/>, in bytes.</summary>
internal static class FuncOffsets
{
    internal static readonly int Entry = (int)Marshal.OffsetOf<FuncData>(nameof(FuncData.Entry));
    internal static readonly int MachineEntry = (int)Marshal.OffsetOf<FuncData>(nameof(FuncData.MachineEntry));
    internal static readonly int Instance = (int)Marshal.OffsetOf<FuncData>(nameof(FuncData.Instance));
    internal static readonly int TypeId = (int)Marshal.OffsetOf<FuncData>(nameof(FuncData.TypeId));
}

/// <summary>Where compiled code finds the members of <see cref="TableData"/>, in bytes.</summary>
internal static class TableOffsets
{
    internal static readonly int Elements = (int)Marshal.OffsetOf<TableData>(nameof(TableData.Elements));
    internal static readonly int Length = (int)Marshal.OffsetOf<TableData>(nameof(TableData.Length));
}
