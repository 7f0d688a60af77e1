using Wizer.Binary;

namespace Wizer.Engine.Code;

/// <summary>What may be wrong with a profile. Nothing is wrong with a run for that.</summary>
internal enum ProfileFault
{
    /// <summary>It is of this module.</summary>
    None,

    /// <summary>It is no profile, or one that has been cut off or changed.</summary>
    Damaged,

    /// <summary>It is of a format that came later.</summary>
    OtherVersion,

    /// <summary>It is of another module.</summary>
    OtherModule,
}

/// <summary>
/// Which functions of a module an earlier run called, in the order of their first calls, and which of them were busy. It decides only
/// when something is translated and compiled; <c>docs/profile.md</c> has the format.
/// </summary>
internal sealed class FunctionProfile
{
    private const uint Version = 1;

    private FunctionProfile(int[] functions, bool[] areHot)
    {
        Functions = functions;
        AreHot = areHot;
    }

    /// <summary>The functions, each once, none of them imported.</summary>
    internal int[] Functions { get; }

    /// <summary>Whether each of them was busy.</summary>
    internal bool[] AreHot { get; }

    /// <summary>How many were.</summary>
    internal int HotCount { get; private init; }

    private static ReadOnlySpan<byte> Magic => "\0wzp"u8;

    /// <summary>Reads a profile, whoever wrote it. It takes no more time and memory than the module has functions.</summary>
    /// <param name="bytes">The profile.</param>
    /// <param name="module">The module that it is to be of.</param>
    /// <param name="profile">Null when there is a fault.</param>
    internal static ProfileFault Read(ReadOnlySpan<byte> bytes, ModuleInfo module, out FunctionProfile? profile)
    {
        profile = null;
        if (!bytes.StartsWith(Magic))
        {
            return ProfileFault.Damaged;
        }

        try
        {
            return Read(new WasmReader(bytes[Magic.Length..]), module, out profile);
        }
        catch (WasmFormatException)
        {
            // Nobody is told where.
            return ProfileFault.Damaged;
        }
    }

    private static ProfileFault Read(WasmReader reader, ModuleInfo module, out FunctionProfile? profile)
    {
        profile = null;
        if (reader.ReadU32() != Version)
        {
            return ProfileFault.OtherVersion;
        }

        ulong hash = reader.ReadFixed64();
        uint count = reader.ReadU32();
        if (hash != HashOf(module))
        {
            return ProfileFault.OtherModule;
        }

        int imported = module.ImportedFuncCount;
        int defined = module.Bodies.Length;
        if (count > (uint)defined || count > (uint)reader.Remaining)
        {
            return ProfileFault.Damaged;
        }

        var functions = new int[count];
        var areHot = new bool[count];
        var isKnown = new bool[defined];
        int hotCount = 0;
        long index = imported;
        for (int i = 0; i < functions.Length; i++)
        {
            uint entry = reader.ReadU32();

            // The distance from the one before, its sign in bit 1; whether it is busy in bit 0.
            long distance = entry >> 2;
            index += (entry & 2) != 0 ? -distance : distance;
            if (index < imported || index - imported >= defined || isKnown[index - imported])
            {
                return ProfileFault.Damaged;
            }

            isKnown[index - imported] = true;
            functions[i] = (int)index;
            areHot[i] = (entry & 1) != 0;
            hotCount += areHot[i] ? 1 : 0;
        }

        if (!reader.IsAtEnd)
        {
            return ProfileFault.Damaged;
        }

        profile = new FunctionProfile(functions, areHot) { HotCount = hotCount };
        return ProfileFault.None;
    }

    /// <summary>Writes one.</summary>
    /// <param name="module">The module that ran.</param>
    /// <param name="functions">The functions that were called, in the order of their first calls, each once.</param>
    /// <param name="areHot">Whether each of them was busy.</param>
    internal static byte[] Write(ModuleInfo module, ReadOnlySpan<int> functions, ReadOnlySpan<bool> areHot)
    {
        var bytes = new byte[Magic.Length + sizeof(ulong) + (5 * (functions.Length + 2))];
        Magic.CopyTo(bytes);
        int length = Magic.Length;
        Put(bytes, ref length, Version);
        ulong hash = HashOf(module);
        for (int i = 0; i < sizeof(ulong); i++)
        {
            bytes[length++] = (byte)(hash >> (8 * i));
        }

        Put(bytes, ref length, (uint)functions.Length);
        int previous = module.ImportedFuncCount;
        for (int i = 0; i < functions.Length; i++)
        {
            int distance = functions[i] - previous;
            uint sign = distance < 0 ? 2u : 0;
            Put(bytes, ref length, ((uint)Math.Abs(distance) << 2) | sign | (areHot[i] ? 1u : 0));
            previous = functions[i];
        }

        Array.Resize(ref bytes, length);
        return bytes;
    }

    // How long each body is: another build of a program changes some, and a profile does no harm where it does not. FNV-1a, by words.
    private static ulong HashOf(ModuleInfo module)
    {
        ulong hash = 0xcbf29ce484222325;
        Add(ref hash, (uint)module.ImportedFuncCount);
        Add(ref hash, (uint)module.Bodies.Length);
        foreach (ByteRange body in module.Bodies)
        {
            Add(ref hash, (uint)body.Length);
        }

        return hash;

        static void Add(ref ulong hash, uint value) => hash = (hash ^ value) * 0x100000001b3;
    }

    private static void Put(byte[] bytes, ref int length, uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes[length++] = (byte)(value | 0x80);
        }

        bytes[length++] = (byte)value;
    }
}
