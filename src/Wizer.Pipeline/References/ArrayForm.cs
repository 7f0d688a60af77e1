namespace Wizer.Pipeline;

/// <summary>How an array is made.</summary>
internal enum ArrayForm
{
    /// <summary>By its length: all elements are zero or null.</summary>
    Default,

    /// <summary>By its length and the value of all elements.</summary>
    Equal,

    /// <summary>By its elements.</summary>
    Fixed,

    /// <summary>From a data segment.</summary>
    Image,

    /// <summary>From an element segment.</summary>
    Segment,

    /// <summary>By its length; its elements are set afterwards.</summary>
    Filled,
}
