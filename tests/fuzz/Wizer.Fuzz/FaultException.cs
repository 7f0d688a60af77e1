namespace Wizer.Fuzz;

/// <summary>Something that must be true is not.</summary>
public sealed class FaultException(string message, Exception? cause = null) : Exception(message, cause);
