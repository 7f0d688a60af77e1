using System.Diagnostics.Tracing;
using System.Reflection;
using Wizer.Engine.Interpreter;
using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>
/// The threaded loop runs precompiled or not at all: compiled by the JIT it would take half a second and then be five times
/// slower. The plain loop is what the JIT can do well.
/// </summary>
public sealed class PrecompilationTests
{
    // RyuJIT does not optimize what is larger.
    private const int JitLimit = 60_000;

    [Fact]
    public void ThisBuild_IsPrecompiled() => Assert.True(Execution.IsPrecompiled);

    [Fact]
    public void ThreadedLoop_IsNeverCompiledByTheJit()
    {
        using var listener = new JitListener();
        using var guest = new LoopGuest(EngineForm.Threaded, "(module (func (export \"f\") (result i32) (i32.const 1)))");

        // More calls than make the runtime recompile a method, and time for it to do so: it recompiles some of these tests' own
        // methods meanwhile, which shows that the listener listens.
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal([1UL], guest.Call("f"));
                Warm(i);
            }

            Thread.Sleep(20);
        }

        for (int i = 0; i < 100 && !listener.Saw(nameof(Warm)); i++)
        {
            Thread.Sleep(50);
        }

        Assert.True(listener.Saw(nameof(Warm)));
        Assert.False(listener.Saw("ThreadedLoop"), listener.ToString());
    }

    [Fact]
    public void PlainLoop_IsOptimizedByTheJit()
    {
        MethodInfo run = typeof(PlainLoop).GetMethod("Run", BindingFlags.Static | BindingFlags.NonPublic)!;
        Assert.InRange(run.GetMethodBody()!.GetILAsByteArray()!.Length, 1000, JitLimit - 1);
        Assert.True(run.MethodImplementationFlags.HasFlag(MethodImplAttributes.AggressiveOptimization));
    }

    private static int Warm(int value) => value * 3;

    /// <summary>Hears of every method that the JIT compiles in this process.</summary>
    private sealed class JitListener : EventListener
    {
        private const EventKeywords JitKeyword = (EventKeywords)0x10;

        private readonly List<string> _methods = [];

        public override string ToString()
        {
            lock (_methods)
            {
                return string.Join('\n', _methods);
            }
        }

        internal bool Saw(string part)
        {
            lock (_methods)
            {
                return _methods.Exists(method => method.Contains(part, StringComparison.Ordinal));
            }
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            {
                EnableEvents(eventSource, EventLevel.Verbose, JitKeyword);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName?.StartsWith("MethodLoadVerbose", StringComparison.Ordinal) != true || _methods is null)
            {
                return;
            }

            // Namespace and name of the method follow its flags.
            lock (_methods)
            {
                _methods.Add($"{eventData.Payload![6]}.{eventData.Payload[7]}");
            }
        }
    }
}
