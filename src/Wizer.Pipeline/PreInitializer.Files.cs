using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Wizer.Pipeline;

// From wherever the module is to wherever it shall be; see Run for what can go wrong on the way.
public sealed partial class PreInitializer
{
    /// <summary>Runs the initialization function of a file's module and writes the new module to a file.</summary>
    /// <param name="inputPath">
    /// A core module in the binary format. In both paths, a lone surrogate from U+DC80 to U+DCFF stands for a byte that is no UTF-8.
    /// </param>
    /// <param name="outputPath">
    /// Appears, or changes, only when everything has succeeded, and then at once; see <see cref="ModuleFile"/>. May be the input.
    /// </param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it.</param>
    /// <exception cref="WizerException">Everything that can go wrong, files included.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public RunReport RunFile(
        string inputPath, string outputPath, InitEnvironment? environment = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputPath);
        using ModuleFile output = ModuleFile.At(outputPath);
        return Run(ReadFile(inputPath), output, environment, cancellationToken);
    }

    /// <summary>Prepares a file's module for many runs; see <see cref="Prepare"/>.</summary>
    /// <param name="inputPath">A core module in the binary format, which is read during the call.</param>
    /// <param name="cancellationToken">Stops the checks.</param>
    /// <exception cref="WizerException">The file cannot be read, or its module cannot be pre-initialized.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PreparedModule PrepareFile(string inputPath, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputPath);
        return Prepare(ReadFile(inputPath), cancellationToken);
    }

    /// <summary>Runs the initialization function of a stream's module and writes the new module to a stream.</summary>
    /// <param name="input">Read from where it is to its end.</param>
    /// <param name="output">
    /// Owned by the caller, and neither flushed nor closed. Nothing is written unless the whole rewrite succeeds.
    /// </param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it.</param>
    /// <exception cref="WizerException">Everything that can go wrong, but for what the streams throw.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public RunReport Run(
        Stream input, Stream output, InitEnvironment? environment = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        return Run(ReadToEnd(input), new StreamSink(output), environment, cancellationToken);
    }

    /// <summary>Runs the initialization function of a module in memory and writes the new module to memory.</summary>
    /// <param name="module">A core module in the binary format; read during the call, never retained.</param>
    /// <param name="output">Owned by the caller. Nothing is written unless the whole rewrite succeeds.</param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it.</param>
    /// <exception cref="WizerException">Everything that can go wrong.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public RunReport Run(
        ReadOnlyMemory<byte> module,
        IBufferWriter<byte> output,
        InitEnvironment? environment = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        return Run(module, new BufferWriterSink(output), environment, cancellationToken);
    }

    internal static ReadOnlyMemory<byte> ReadFile(string path)
    {
        try
        {
            using SafeFileHandle file = HostFiles.OpenToRead(path);
            using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
            return ReadToEnd(stream);
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            Throw.InputUnreadable(error);
            throw;
        }
    }

    private static ReadOnlyMemory<byte> ReadToEnd(Stream input)
    {
        // One byte more than is left, so that the read that meets the end needs no more room.
        long left = input.CanSeek ? input.Length - input.Position : 0;
        byte[] bytes = new byte[Math.Clamp(left + 1, 4096, Array.MaxLength)];
        int length = 0;
        while (true)
        {
            int count = input.Read(bytes, length, bytes.Length - length);
            if (count == 0)
            {
                return bytes.AsMemory(0, length);
            }

            length += count;
            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(bytes.Length * 2L, Array.MaxLength));
            }
        }
    }
}
