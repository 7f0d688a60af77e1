namespace Wizer.Engine.Wasi.Observing;

/// <summary>A question that a guest asked about a place, and the answer it got.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Place">Of what.</param>
/// <param name="Answer">In the words of <see cref="Answers"/>.</param>
/// <param name="Count">The bytes of a file, or the entries of a directory; null where nothing is counted.</param>
internal sealed record Observation(Question Question, Place Place, string Answer, long? Count);
