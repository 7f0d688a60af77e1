namespace Wizer.Binary;

/// <summary>The floats in a result that may be NaNs whose bits the specification leaves open.</summary>
public enum NanLanes : byte
{
    /// <summary>None: equal operands have equal bits as their result, on every machine.</summary>
    None,

    /// <summary>The result, an f32.</summary>
    F32,

    /// <summary>The result, an f64.</summary>
    F64,

    /// <summary>The four lanes of the result.</summary>
    F32x4,

    /// <summary>The two lanes of the result.</summary>
    F64x2,
}
