using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wizer.Wasmtime;

/// <summary>
/// What the C library can do for components and its library for .NET has no methods for: resources of the host, and functions that take
/// and return them. The package is pinned to one version, so the functions are what they are here.
/// </summary>
internal static unsafe partial class NativeLibraryCalls
{
    private const string Library = "wasmtime";

    [LibraryImport(Library)]
    internal static partial nint wasmtime_component_linker_root(nint linker);

    [LibraryImport(Library)]
    internal static partial void wasmtime_component_linker_instance_delete(nint instance);

    [LibraryImport(Library)]
    internal static partial nint wasmtime_component_linker_instance_add_instance(
        nint instance, byte* name, nuint nameLength, out nint added);

    [LibraryImport(Library)]
    internal static partial nint wasmtime_component_linker_instance_add_func(
        nint instance,
        byte* name,
        nuint nameLength,
        delegate* unmanaged[Cdecl]<nint, nint, nint, NativeValue*, nuint, NativeValue*, nuint, nint> callback,
        nint data,
        nint finalizer);

    [LibraryImport(Library)]
    internal static partial nint wasmtime_component_linker_instance_add_resource(
        nint instance,
        byte* name,
        nuint nameLength,
        nint type,
        delegate* unmanaged[Cdecl]<nint, nint, uint, nint> destructor,
        nint data,
        nint finalizer);

    [LibraryImport(Library)]
    internal static partial nint wasmtime_component_resource_type_new_host(uint type);

    [LibraryImport(Library)]
    internal static partial void wasmtime_component_resource_type_delete(nint type);

    [LibraryImport(Library)]
    internal static partial nint wasmtime_component_resource_host_new(
        [MarshalAs(UnmanagedType.U1)] bool isOwned, uint representation, uint type);

    [LibraryImport(Library)]
    internal static partial void wasmtime_component_resource_host_delete(nint resource);

    [LibraryImport(Library)]
    internal static partial uint wasmtime_component_resource_host_rep(nint resource);

    [LibraryImport(Library)]
    internal static partial uint wasmtime_component_resource_host_type(nint resource);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool wasmtime_component_resource_host_owned(nint resource);

    [LibraryImport(Library)]
    internal static partial nint wasmtime_component_resource_any_to_host(nint context, nint resource, out nint host);

    [LibraryImport(Library)]
    internal static partial nint wasmtime_component_resource_host_to_any(nint context, nint host, out nint resource);

    [LibraryImport(Library)]
    internal static partial NativeValue* wasmtime_component_val_new(NativeValue* value);

    [LibraryImport(Library)]
    internal static partial void wasmtime_component_vallist_new_uninit(out NativeVector list, nuint count);

    [LibraryImport(Library)]
    internal static partial void wasmtime_component_valtuple_new_uninit(out NativeVector tuple, nuint count);

    [LibraryImport(Library)]
    internal static partial void wasmtime_component_valrecord_new_uninit(out NativeVector record, nuint count);

    [LibraryImport(Library)]
    internal static partial void wasmtime_component_valflags_new_uninit(out NativeVector flags, nuint count);

    [LibraryImport(Library)]
    internal static partial void wasm_byte_vec_new(out NativeVector bytes, nuint count, byte* items);

    [LibraryImport(Library)]
    internal static partial void wasm_byte_vec_delete(ref NativeVector bytes);

    [LibraryImport(Library)]
    internal static partial nint wasmtime_error_new([MarshalAs(UnmanagedType.LPUTF8Str)] string message);

    [LibraryImport(Library)]
    internal static partial void wasmtime_error_message(nint error, out NativeVector message);

    [LibraryImport(Library)]
    internal static partial void wasmtime_error_delete(nint error);
}
