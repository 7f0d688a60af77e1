using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Wizer.Engine.Code;

namespace Wizer.Engine.Compiler.Cil;

/// <summary>A compiled function, or one that starts in a loop. It must be kept as long as its code may run.</summary>
[RequiresDynamicCode("Compiles at run time.")]
internal sealed unsafe class CompiledMethod(DynamicMethod method, OperationList operations)
{
    /// <summary>What RyuJIT makes of it; null before <see cref="Prepare"/>.</summary>
    internal nint Entry { get; private set; }

    /// <summary>Has it compiled, which takes milliseconds. On any thread.</summary>
    internal void Prepare()
    {
        // The only way to have a dynamic method compiled without calling it, and to call it without a delegate.
        RuntimeMethodHandle handle = DescriptorOf(method);
        RuntimeHelpers.PrepareMethod(handle);
        Entry = handle.GetFunctionPointer();
    }

    /// <summary>Frees what its helpers are told to do.</summary>
    internal void Free() => operations.Free();

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetMethodDescriptor")]
    private static extern RuntimeMethodHandle DescriptorOf(DynamicMethod method);
}
