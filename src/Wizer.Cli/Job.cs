using System.Buffers;

namespace Wizer.Cli;

/// <summary>The main job: from the files named on the command line to the pipeline and back.</summary>
internal static class Job
{
    public static int Run(Arguments arguments)
    {
        using IMemoryOwner<byte> input = InputFile.Read(arguments.Input);
        StandardStreams.WriteOutput(input.Memory.Span);
        return 0;
    }
}
