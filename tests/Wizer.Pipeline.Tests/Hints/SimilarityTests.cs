using Xunit;

namespace Wizer.Pipeline.Tests;

public sealed class SimilarityTests
{
    [Theory]
    [InlineData("MARTHA", "MARHTA", 0.944)]
    [InlineData("DIXON", "DICKSONX", 0.767)]
    [InlineData("a", "b", 0)]
    [InlineData("", "", 1)]
    [InlineData("a", "", 0)]
    public void Jaro_IsTheSimilarityOfThatName(string a, string b, double similarity) =>
        Assert.Equal(similarity, Similarity.Jaro(a, b), 3);
}
