namespace Wizer.Pipeline;

/// <summary>
/// An engine that runs a module's initialization function: our own (<see cref="EmbeddedEngine"/>), or one from another package. All of
/// them give the same bytes where what runs is deterministic. Any number of threads may use one at the same time.
/// </summary>
public interface IInitEngine
{
    /// <summary>What it is called, in options and errors.</summary>
    string Name { get; }

    /// <summary>Runs the initialization function and writes the module with that state baked in.</summary>
    /// <param name="initializer">How the module is pre-initialized.</param>
    /// <param name="module">A core module in the binary format; read during the call, never retained.</param>
    /// <param name="output">Owned by the caller. Nothing is written unless the whole rewrite succeeds.</param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it.</param>
    /// <exception cref="WizerException">
    /// The module is malformed, invalid or not supported, the options contradict one another, instantiation or initialization failed,
    /// or met a limit.
    /// </exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    RunReport Run(
        PreInitializer initializer,
        ReadOnlyMemory<byte> module,
        IModuleSink output,
        InitEnvironment? environment = null,
        CancellationToken cancellationToken = default);
}

/// <summary>
/// Our own engine, which is part of this library: <see cref="PreInitializer.Run(ReadOnlyMemory{byte}, IModuleSink, InitEnvironment?,
/// CancellationToken)"/>, for those who leave the choice to others.
/// </summary>
public sealed class EmbeddedEngine : IInitEngine
{
    private EmbeddedEngine()
    {
    }

    /// <summary>The only one.</summary>
    public static EmbeddedEngine Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "embedded";

    /// <inheritdoc/>
    public RunReport Run(
        PreInitializer initializer,
        ReadOnlyMemory<byte> module,
        IModuleSink output,
        InitEnvironment? environment = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        return initializer.Run(module, output, environment, cancellationToken);
    }
}
