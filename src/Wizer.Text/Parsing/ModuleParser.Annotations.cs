using System.Diagnostics.CodeAnalysis;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Custom sections, names and branch hints. Core 3.0, Appendix: Custom Sections and Annotations.</summary>
internal ref partial struct ModuleParser
{
    /// <summary>Reports an annotation that stands where it has no meaning.</summary>
    private readonly void CheckAnnotations()
    {
        if (_cursor.Annotations.FirstLeft is { } annotation)
        {
            _cursor.Fail($"misplaced {annotation.Id} annotation", annotation);
        }
    }
}
