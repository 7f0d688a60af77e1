// Pre-initializes one engine with many applications in one process: each by itself, one after another on a prepared module, and on
// several threads at once. The outputs must be equal; what the applications took goes to stdout as JSON, in milliseconds.
// usage: batch ENGINE DIRECTORY THREADS ROUNDS APPLICATION...    the engine and the applications are js-compute's
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Wizer.Engine;
using Wizer.Pipeline;

string directory = args[1];
int threadCount = int.Parse(args[2], CultureInfo.InvariantCulture);
int roundCount = int.Parse(args[3], CultureInfo.InvariantCulture);
string[] applications = args[4..];
var wizer = new PreInitializer(new WizerOptions
{
    InitFunc = "wizer.initialize",
    FuncRenames = [FuncRename.Parse("_start=wizer.resume")],
});
byte[] engine = File.ReadAllBytes(args[0]);
string outputs = Directory.CreateTempSubdirectory("wizer-batch-").FullName;
var single = new List<double>();
var first = new List<double>();
var further = new List<double>();
var rates = new List<double>();
var phases = new SortedDictionary<string, double>();
try
{
    for (int round = 0; round < roundCount; round++)
    {
        for (int i = 0; i < applications.Length; i++)
        {
            int at = i;
            single.Add(Measure(() => RunSingle(at), null));
        }

        using (PreparedModule prepared = wizer.Prepare(engine))
        {
            for (int i = 0; i < applications.Length; i++)
            {
                int at = i;
                double time = Measure(() => prepared.RunFile(PathOf("batch", at), World(applications[at])), i == 0 ? null : phases);
                (i == 0 ? first : further).Add(time);
                Compare("batch", i);
            }
        }

        using (PreparedModule prepared = wizer.Prepare(engine))
        {
            prepared.MaxIdleStoreCount = threadCount;
            rates.Add(MeasureParallel(prepared));
            for (int i = 0; i < applications.Length; i++)
            {
                Compare("parallel", i);
            }
        }
    }
}
finally
{
    Directory.Delete(outputs, recursive: true);
}

string text = string.Join(", ", phases.Select(phase => $"\"{phase.Key}\": {Text(phase.Value / further.Count)}"));
Console.WriteLine($$"""
    {"single": {{Text(Median(single))}}, "first": {{Text(Median(first))}}, "further": {{Text(Median(further))}}, "ratio": {{Text(Median(further) / Median(single))}}, "perSecond": {{Text(Median(rates))}}, "phases": { {{text}} } }
    """);
return 0;

RunReport RunSingle(int at)
{
    using FileStream file = File.Create(PathOf("single", at));
    return wizer.Run(engine, new FileSink(file.SafeFileHandle), World(applications[at]));
}

double MeasureParallel(PreparedModule prepared)
{
    // What a service does that has been running for a while: each thread's store has run before.
    int next = 0;
    double seconds = 0;
    foreach (bool isMeasured in new[] { false, true })
    {
        next = 0;
        int count = isMeasured ? applications.Length : threadCount;
        long start = Stopwatch.GetTimestamp();
        Thread[] threads = [.. Enumerable.Range(0, threadCount).Select(_ => new Thread(() =>
        {
            for (int at; (at = Interlocked.Increment(ref next) - 1) < count;)
            {
                prepared.RunFile(PathOf("parallel", at), World(applications[at]));
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    return applications.Length / seconds;
}

static double Measure(Func<RunReport> run, SortedDictionary<string, double>? phases)
{
    long start = Stopwatch.GetTimestamp();
    RunReport report = run();
    double time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    if (phases is not null)
    {
        Add("instantiation", report.InstantiationTime);
        Add("initialization", report.InitializationTime);
        Add("snapshot", report.SnapshotTime);
        Add("rewrite", report.RewriteTime);
        Add("write", report.WriteTime);
        phases["all"] = phases.GetValueOrDefault("all") + time;
    }

    return time;

    void Add(string name, TimeSpan duration) => phases[name] = phases.GetValueOrDefault(name) + duration.TotalMilliseconds;
}

// As the service's own command calls it.
InitEnvironment World(string application) => new()
{
    Wasi = new WasiOptions
    {
        Stdin = new MemoryStream(Encoding.UTF8.GetBytes($"{application} --legacy-script")),
        Environment = WasiVariable.FromHost(),
        IsEnvironmentInherited = true,
        Preopens = [new WasiPreopen(directory, ".")],
    },
    Deterministic = new DeterministicOptions(),
};

string PathOf(string kind, int at) => Path.Combine(outputs, $"{kind}.{at}.wasm");

void Compare(string kind, int at)
{
    if (!File.ReadAllBytes(PathOf(kind, at)).AsSpan().SequenceEqual(File.ReadAllBytes(PathOf("single", at))))
    {
        throw new InvalidDataException($"{applications[at]} comes out differently ({kind})");
    }
}

static double Median(List<double> values)
{
    values.Sort();
    return values[values.Count / 2];
}

static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
