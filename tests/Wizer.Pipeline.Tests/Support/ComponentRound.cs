using System.Buffers;
using Wizer.Binary.Components;
using Wizer.Engine;
using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>A component written as text, before and after its initialization, each in a store of its own.</summary>
internal sealed class ComponentRound : IDisposable
{
    private readonly Store _store = new();

    private ComponentRound(byte[] bytes, RunReport? report = null)
    {
        Bytes = bytes;
        Report = report;
        Info = ComponentReader.Parse(bytes);
        Validation = ComponentValidator.Validate(Info);
        Instance = new ComponentLinker { UnknownImportsTrap = true }.Instantiate(_store, CompiledComponent.Compile(Info, Validation));
    }

    public byte[] Bytes { get; }

    public RunReport? Report { get; }

    public ComponentInfo Info { get; }

    public ComponentValidationResult Validation { get; }

    public ComponentInstance Instance { get; }

    /// <summary>Pre-initializes a component, checks that the result is valid, and instantiates it.</summary>
    public static ComponentRound Initialize(
        string fields, string initFunc = "init", bool keeps = false, InitEnvironment? environment = null, string name = "") =>
        Initialize(Modules.Compile($"(component {name} {fields})"), new WizerOptions { InitFunc = initFunc, KeepInitFunc = keeps }, environment);

    public static ComponentRound Initialize(byte[] component, WizerOptions options, InitEnvironment? environment = null)
    {
        var output = new ArrayBufferWriter<byte>();
        RunReport report = new PreInitializer(options).Run(component, output, environment);
        Assert.Equal(component.Length, report.Snapshot.InputByteLength);
        Assert.Equal(output.WrittenCount, report.Snapshot.OutputByteLength);
        return new ComponentRound(output.WrittenSpan.ToArray(), report);
    }

    /// <summary>A component that a run has written.</summary>
    public static ComponentRound Of(byte[] component, RunReport report) => new(component, report);

    /// <summary>The error of a run that fails; nothing must have been written.</summary>
    public static WizerException Refuse(
        string fields, string initFunc = "init", InitEnvironment? environment = null, WizerOptions? options = null)
    {
        var output = new ArrayBufferWriter<byte>();
        byte[] component = Modules.Compile($"(component {fields})");
        var wizer = new PreInitializer((options ?? new WizerOptions()) with { InitFunc = initFunc });
        WizerException error = Assert.Throws<WizerException>(() => wizer.Run(component, output, environment));
        Assert.Equal(0, output.WrittenCount);
        return error;
    }

    public ComponentValue? Invoke(string name, params ComponentValue[] arguments) => Instance.Invoke(name, arguments);

    public uint InvokeU32(string name) => (uint)Instance.Invoke(name)!.Value.AsInt64;

    public void Dispose() => _store.Dispose();
}
