using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Wizer.Platforms;

/// <summary>
/// Runs the tests of the assembly that it is compiled into, in this process: where there is an emulator and no test host.
/// <c>PROGRAM LIST [WORD...]</c>: of the tests whose name has one of the words and none of those after a <c>!</c>. LIST has a line for each
/// method that fails there, in one of its cases at least, with the reason behind a tab. A listed one that passes is a failure, and so are a
/// run without tests and one in which nothing ends for minutes.
/// </summary>
internal sealed class InProcess(HashSet<string> expected, string[] words) : IMessageSink
{
    // Longer than a script may take in an emulator.
    private static readonly TimeSpan s_hang = TimeSpan.FromMinutes(12);

    private readonly List<ITestCase> _cases = [];
    private readonly HashSet<string> _running = [];
    private readonly HashSet<string> _seen = [];
    private readonly AutoResetEvent _signs = new(false);
    private int _passed;
    private int _expected;
    private int _skipped;
    private int _failed;
    private bool _isDone;

    private static void Main(string[] arguments)
    {
        // What a test throws would otherwise pass through the runtime's native frames, which overflows the stack in wine 8.
        AppContext.SetSwitch("Switch.System.Reflection.ForceEmitInvoke", true);
        var expected = File.ReadAllLines(arguments[0])
            .Where(static line => line.Length != 0 && line[0] != '#')
            .Select(static line => line[..line.IndexOf('\t', StringComparison.Ordinal)])
            .ToHashSet(StringComparer.Ordinal);
        bool isRight = new InProcess(expected, arguments[1..]).Run(typeof(InProcess).Assembly);
        Environment.Exit(isRight ? 0 : 1);
    }

    private bool Run(Assembly assembly)
    {
        using var framework = new XunitTestFramework(this);
        using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        discoverer.Find(includeSourceInformation: false, this, new Options());
        if (!Wait())
        {
            return false;
        }

        using ITestFrameworkExecutor executor = framework.GetExecutor(assembly.GetName());
        ITestCase[] wanted = [.. _cases.Where(IsWanted)];
        executor.RunTests(wanted, this, new Options());
        bool hasEnded = Wait();
        foreach (string name in wanted.Select(NameOf).Distinct().Where(name => expected.Contains(name) && !_seen.Contains(name)))
        {
            Fail(name, "it passes, and is listed as one that does not");
        }

        Console.WriteLine($"{_passed} passed, {_expected} as listed, {_skipped} skipped, {_failed} failed");
        return hasEnded && _failed == 0 && _passed > 0;
    }

    // What hangs ends with the process.
    private bool Wait()
    {
        while (_signs.WaitOne(s_hang))
        {
            if (_isDone)
            {
                _isDone = false;
                return true;
            }
        }

        Console.WriteLine($"these hang: {string.Join(", ", _running)}");
        return false;
    }

    private bool IsWanted(ITestCase test)
    {
        string name = NameOf(test);
        return !words.Any(word => word[0] == '!' && name.Contains(word[1..], StringComparison.Ordinal))
            && (words.All(static word => word[0] == '!') || words.Any(word => name.Contains(word, StringComparison.Ordinal)));
    }

    private static string NameOf(ITestCase test) => $"{test.TestMethod.TestClass.Class.Name}.{test.TestMethod.Method.Name}";

    /// <summary>Tells what happened, one at a time.</summary>
    [MethodImpl(MethodImplOptions.Synchronized)]
    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestStarting starting:
                _running.Add(starting.Test.DisplayName);
                break;
            case ITestFinished finished:
                _running.Remove(finished.Test.DisplayName);
                break;
            case ITestCaseDiscoveryMessage found:
                _cases.Add(found.TestCase);
                break;
            case IDiscoveryCompleteMessage or ITestAssemblyFinished:
                _isDone = true;
                break;
            case ITestPassed:
                _passed++;
                break;
            case ITestSkipped:
                _skipped++;
                break;
            case ITestFailed failed when expected.Contains(NameOf(failed.TestCase)):
                _expected++;
                _seen.Add(NameOf(failed.TestCase));
                break;
            case ITestFailed failed:
                Fail(failed.Test.DisplayName, Describe(failed));
                break;
            case IErrorMessage error:
                _failed++;
                Console.WriteLine(Describe(error));
                break;
            default:
                break;
        }

        _signs.Set();
        return true;
    }

    private void Fail(string test, string why)
    {
        _failed++;
        Console.WriteLine($"{test}: {why}");
    }

    private static string Describe(IFailureInformation failure) =>
        string.Join('\n', failure.Messages) + "\n" + string.Join('\n', failure.StackTraces);

    /// <summary>Nothing but the defaults, and messages in turn.</summary>
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        public TValue? GetValue<TValue>(string name) =>
            name == "xunit.execution.SynchronousMessageReporting" ? (TValue)(object)true : default;

        public void SetValue<TValue>(string name, TValue value) => throw new NotSupportedException();
    }
}
