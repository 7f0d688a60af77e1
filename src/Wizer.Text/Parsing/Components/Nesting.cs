using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// How deep components, their types and the value types within those are nested. Parsing those recurses, so there is a limit;
/// it is the reader's.
/// </summary>
internal sealed class Nesting
{
    private int _depth;

    internal void Enter(ref TokenCursor cursor)
    {
        if (++_depth > ComponentLimits.MaxNesting)
        {
            cursor.Fail($"nesting too deep: there are at most {ComponentLimits.MaxNesting} levels");
        }
    }

    internal void Leave() => _depth--;
}
