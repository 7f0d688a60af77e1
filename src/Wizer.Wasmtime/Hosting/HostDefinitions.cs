using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Wizer.Engine.Components;
using static Wizer.Wasmtime.NativeLibraryCalls;

namespace Wizer.Wasmtime;

/// <summary>What a function of ours does that a component imports.</summary>
/// <param name="arguments">The arguments, of the types with which it is imported.</param>
/// <returns>The result; null when there is none.</returns>
internal delegate ComponentValue? ComponentBody(ComponentValue[] arguments);

/// <summary>Something of ours that a component imports.</summary>
/// <param name="Path">Its name, behind those of the instances that it is in.</param>
/// <param name="Function">What it does, of a function.</param>
/// <param name="Type">A resource type, or null.</param>
internal sealed record HostItem(string[] Path, ComponentBody? Function, ComponentResourceType? Type);

/// <summary>Functions and resource types of ours that a component imports, for one store of Wasmtime's.</summary>
internal sealed unsafe class HostDefinitions : IDisposable
{
    private readonly List<ComponentResourceType> _types = [];
    private readonly List<GCHandle> _handles = [];
    private readonly NativeValues _values;

    // What a function of ours has thrown. The C library knows only that there was an error.
    private Exception? _thrown;

    internal HostDefinitions() => _values = new NativeValues(_types);

    /// <summary>Defines what a component imports.</summary>
    /// <param name="linker">Where.</param>
    /// <param name="imports">All that there is a definition for.</param>
    /// <exception cref="WasmtimeException">The linker does not take it.</exception>
    internal void Define(WasmtimeComponentLinker linker, IEnumerable<HostItem> imports)
    {
        // The linker outlives this call, so its handle does.
        nint root = wasmtime_component_linker_root(HandleOf(linker).DangerousGetHandle());
        try
        {
            // While a nested instance is open, its parent must be left alone.
            foreach (var group in imports.GroupBy(static import => string.Join('\n', import.Path[..^1])))
            {
                string[] outer = group.First().Path[..^1];
                var opened = new Stack<nint>();
                try
                {
                    nint instance = root;
                    foreach (string name in outer)
                    {
                        instance = Open(instance, name);
                        opened.Push(instance);
                    }

                    foreach (HostItem item in group)
                    {
                        Define(instance, item.Path[^1], item.Function, item.Type);
                    }
                }
                finally
                {
                    while (opened.TryPop(out nint instance))
                    {
                        wasmtime_component_linker_instance_delete(instance);
                    }
                }
            }
        }
        finally
        {
            wasmtime_component_linker_instance_delete(root);
        }
    }

    /// <summary>What a function of ours threw during a call that failed, once; or null.</summary>
    internal Exception? TakeThrown()
    {
        Exception? thrown = _thrown;
        _thrown = null;
        return thrown;
    }

    /// <summary>To be called when the linker and the store are gone.</summary>
    public void Dispose()
    {
        foreach (GCHandle handle in _handles)
        {
            handle.Free();
        }

        _handles.Clear();
    }

    private static nint Open(nint parent, string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        fixed (byte* text = bytes)
        {
            NativeValues.Check(wasmtime_component_linker_instance_add_instance(parent, text, (nuint)bytes.Length, out nint instance));
            return instance;
        }
    }

    private void Define(nint instance, string name, ComponentBody? function, ComponentResourceType? type)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        fixed (byte* text = bytes)
        {
            if (type is null)
            {
                nint data = Keep(new Function(this, function!));
                NativeValues.Check(wasmtime_component_linker_instance_add_func(instance, text, (nuint)bytes.Length, &Call, data, 0));
                return;
            }

            // A type that several interfaces name is one.
            int index = _types.IndexOf(type);
            if (index < 0)
            {
                index = _types.Count;
                _types.Add(type);
            }

            nint native = wasmtime_component_resource_type_new_host((uint)index);
            try
            {
                nint data = Keep(new Destructor(this, type));
                NativeValues.Check(
                    wasmtime_component_linker_instance_add_resource(instance, text, (nuint)bytes.Length, native, &Destroy, data, 0));
            }
            finally
            {
                wasmtime_component_resource_type_delete(native);
            }
        }
    }

    private nint Keep(object target)
    {
        GCHandle handle = GCHandle.Alloc(target);
        _handles.Add(handle);
        return GCHandle.ToIntPtr(handle);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Call(
        nint data, nint context, nint type, NativeValue* arguments, nuint argumentCount, NativeValue* results, nuint resultCount)
    {
        var function = (Function)GCHandle.FromIntPtr(data).Target!;
        return function.Owner.Guarded(() =>
        {
            NativeValues values = function.Owner._values;
            ComponentValue[] read = values.ReadAll(context, new ReadOnlySpan<NativeValue>(arguments, (int)argumentCount));
            ComponentValue? result = function.Body(read);
            if (resultCount != 0)
            {
                results[0] = values.Write(context, result!.Value);
            }
        });
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Destroy(nint data, nint context, uint representation)
    {
        var destructor = (Destructor)GCHandle.FromIntPtr(data).Target!;
        return destructor.Owner.Guarded(() => destructor.Type.Destroy(null, representation));
    }

    // Nothing may be thrown through the C library.
    private nint Guarded(Action body)
    {
        try
        {
            body();
            return 0;
        }
        catch (Exception error)
        {
            _thrown ??= error;
            return wasmtime_error_new(error.Message);
        }
    }

    private static SafeHandle HandleOf(WasmtimeComponentLinker linker) => (SafeHandle)NativeHandleOf(linker);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_NativeHandle")]
    [return: UnsafeAccessorType("Wasmtime.Components.ComponentLinker+Handle, Wasmtime.Dotnet")]
    private static extern object NativeHandleOf(WasmtimeComponentLinker linker);

    private sealed record Function(HostDefinitions Owner, ComponentBody Body);

    private sealed record Destructor(HostDefinitions Owner, ComponentResourceType Type);
}
