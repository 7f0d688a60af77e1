using System.Reflection;
using System.Xml.Linq;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.PublicApi.Tests;

/// <summary>
/// What the libraries show to others is written down, so that a review sees when it changes: the lists beside this file. After a
/// change that is meant, <c>WIZER_BLESS=1 dotnet test tests/Wizer.PublicApi.Tests</c> writes them anew.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("Wizer.Binary")]
    [InlineData("Wizer.Text")]
    [InlineData("Wizer.Engine")]
    [InlineData("Wizer.Pipeline")]
    [InlineData("Wizer.Wasmtime")]
    public void Library_ShowsWhatIsListed(string library) => Snapshot.Verify(ApiText.Of(Assembly.Load(library)), library);

    [Theory]
    [InlineData("Wizer.Binary")]
    [InlineData("Wizer.Text")]
    [InlineData("Wizer.Engine")]
    [InlineData("Wizer.Pipeline")]
    [InlineData("Wizer.Wasmtime")]
    public void Library_IsDocumented(string library)
    {
        // The compiler sees to it that nothing is left out; here, that the texts come with the assembly, and that none is empty.
        Dictionary<string, XElement> documented = XDocument.Load(Path.Combine(AppContext.BaseDirectory, library + ".xml"))
            .Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
        string[] missing = [.. Assembly.Load(library).GetExportedTypes().SelectMany(Ids).Where(id => !Says(documented.GetValueOrDefault(id)))];
        Assert.Empty(missing);
    }

    private static IEnumerable<string> Ids(Type type)
    {
        string name = type.FullName!.Replace('+', '.');
        yield return "T:" + name;
        foreach (MemberInfo member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        {
            // Of the rest, the identifiers spell out the parameters' types.
            if (member is FieldInfo { IsSpecialName: false })
            {
                yield return $"F:{name}.{member.Name}";
            }
            else if (member is PropertyInfo property && property.GetIndexParameters().Length == 0)
            {
                yield return $"P:{name}.{member.Name}";
            }
        }
    }

    private static bool Says(XElement? member) => member is not null
        && (member.Element("inheritdoc") is not null || member.Element("summary") is { } summary && (summary.Value.Trim().Length != 0 || summary.HasElements));
}
