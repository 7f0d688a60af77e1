namespace Wizer.Engine.Runtime;

/// <summary>Waits, at least about that long unless interrupted.</summary>
internal delegate void SleepFunction(ulong nanoseconds, CancellationToken interrupt);
