using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>When files were used last.</summary>
internal static class UseTimes
{
    /// <summary>Says that it is now. Where that cannot be written, it stays as it was.</summary>
    public static void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
        }
    }
}
