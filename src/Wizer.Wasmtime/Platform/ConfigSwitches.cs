using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wizer.Wasmtime;

/// <summary>
/// The switches of Wasmtime that its library for .NET has no methods for. They are functions of the C library, for the handle that the
/// object has; the package is pinned to one version, so both are what they are here.
/// </summary>
internal static partial class ConfigSwitches
{
    private const string Library = "wasmtime";

    /// <summary>Memories with pages of one byte.</summary>
    internal static void EnableCustomPageSizes(WasmtimeConfig config) => Set(config, wasmtime_config_wasm_custom_page_sizes_set);

    /// <summary>Imports that share a module name.</summary>
    internal static void EnableCompactImports(WasmtimeConfig config) => Set(config, wasmtime_config_wasm_compact_imports_set);

    /// <summary>
    /// The stack that guests get. There is a second limit, which would have to do with stacks of their own: the first one must stay
    /// below it, or Wasmtime ends the process.
    /// </summary>
    internal static void SetStack(WasmtimeConfig config, int byteLength)
    {
        SafeHandle handle = HandleOf(config);
        bool isHeld = false;
        handle.DangerousAddRef(ref isHeld);
        wasmtime_config_async_stack_size_set(handle.DangerousGetHandle(), (ulong)byteLength * 2);
        handle.DangerousRelease();
        config.WithMaximumStackSize(byteLength);
    }

    private static void Set(WasmtimeConfig config, Action<nint, byte> set)
    {
        SafeHandle handle = HandleOf(config);
        bool isHeld = false;
        handle.DangerousAddRef(ref isHeld);
        set(handle.DangerousGetHandle(), 1);
        handle.DangerousRelease();
    }

    private static SafeHandle HandleOf(WasmtimeConfig config) => (SafeHandle)NativeHandleOf(config);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_NativeHandle")]
    [return: UnsafeAccessorType("Wasmtime.Config+Handle, Wasmtime.Dotnet")]
    private static extern object NativeHandleOf(WasmtimeConfig config);

    [LibraryImport(Library)]
    private static partial void wasmtime_config_wasm_custom_page_sizes_set(nint config, byte value);

    [LibraryImport(Library)]
    private static partial void wasmtime_config_wasm_compact_imports_set(nint config, byte value);

    [LibraryImport(Library)]
    private static partial void wasmtime_config_async_stack_size_set(nint config, ulong value);
}
