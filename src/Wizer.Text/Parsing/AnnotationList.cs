using System.Diagnostics.CodeAnalysis;

namespace Wizer.Text;

/// <summary>
/// The annotations of a module, in the order of the source. They stand between tokens; whoever knows what one may mean in a
/// place takes it, and what nobody took is misplaced.
/// </summary>
/// <param name="annotations">By ascending start.</param>
internal sealed class AnnotationList(ReadOnlyMemory<Annotation> annotations)
{
    private readonly bool[] _isTaken = new bool[annotations.Length];

    // Everything before is taken; hundreds in one place are not looked through for each of them.
    private int _firstLeft;

    /// <summary>None at all.</summary>
    internal static AnnotationList Empty { get; } = new(ReadOnlyMemory<Annotation>.Empty);

    /// <summary>The first annotation that was not taken, or null.</summary>
    internal Annotation? FirstLeft
    {
        get
        {
            AdvanceFirstLeft();
            return _firstLeft == annotations.Length ? null : annotations.Span[_firstLeft];
        }
    }

    /// <summary>Those that start in a range of the source, none of them taken.</summary>
    internal static AnnotationList Between(ReadOnlyMemory<Annotation> annotations, int start, int end)
    {
        int first = IndexOf(annotations.Span, start);
        int last = IndexOf(annotations.Span, end);
        return first == last ? Empty : new AnnotationList(annotations[first..last]);
    }

    /// <summary>Takes those that start in a range of the source, and makes a list of them.</summary>
    internal AnnotationList TakeRange(int start, int end)
    {
        int first = IndexOf(annotations.Span, start);
        int last = IndexOf(annotations.Span, end);
        _isTaken.AsSpan(first..last).Fill(true);
        return first == last ? Empty : new AnnotationList(annotations[first..last]);
    }

    /// <summary>Takes the first annotation of a kind that starts in a range of the source and was not taken.</summary>
    internal bool TryTake(AnnotationKind kind, int start, int end, [NotNullWhen(true)] out Annotation? annotation)
    {
        ReadOnlySpan<Annotation> all = annotations.Span;
        AdvanceFirstLeft();
        for (int i = Math.Max(_firstLeft, IndexOf(all, start)); i < all.Length && all[i].Start < end; i++)
        {
            if (all[i].Kind == kind && !_isTaken[i])
            {
                _isTaken[i] = true;
                annotation = all[i];
                return true;
            }
        }

        annotation = null;
        return false;
    }

    private void AdvanceFirstLeft()
    {
        while (_firstLeft < _isTaken.Length && _isTaken[_firstLeft])
        {
            _firstLeft++;
        }
    }

    /// <summary>The index of the first annotation that does not start before an offset.</summary>
    private static int IndexOf(ReadOnlySpan<Annotation> annotations, int offset)
    {
        int low = 0;
        int high = annotations.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (annotations[middle].Start < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
