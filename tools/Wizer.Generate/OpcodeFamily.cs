namespace Wizer.Generate;

/// <summary>Instructions that layers treat alike: a member of the generated <c>enum OpcodeFamily</c>.</summary>
internal sealed record OpcodeFamily(string Cell, string Summary)
{
    /// <summary>Families in the order of their values, which start at 1: 0 says that an opcode is not defined.</summary>
    internal static readonly OpcodeFamily[] All =
    [
        new("control", "Blocks, branches, and what ends a function or a run."),
        new("exception", "What throws and what catches, in both editions."),
        new("call", "Calls that return to their caller."),
        new("tail-call", "Calls in the place of their caller."),
        new("parametric", "<c>drop</c> and <c>select</c>."),
        new("variable", "Locals and globals."),
        new("table", "Tables and their segments."),
        new("memory", "Whole memories and their segments."),
        new("load", "From memory to a number."),
        new("store", "From a number to memory."),
        new("constant", "Numbers from the immediates."),
        new("test", "A number to a truth: whether it is zero."),
        new("compare", "Two numbers of one type to a truth."),
        new("unary", "A number to one of its type."),
        new("binary", "Two numbers of one type to another of it, whatever they are."),
        new("divide", "Like <c>Binary</c>, but integers that may trap: quotients and remainders."),
        new("convert", "A number to one of another type, whatever it is."),
        new("truncate", "A float to an integer, which may trap."),
        new("wide-arithmetic", "128-bit integers in halves."),
        new("reference", "References, and branches on what they are."),
        new("aggregate", "Structs and arrays."),
        new("vector-load", "From memory to a whole vector."),
        new("vector-store", "From a whole vector to memory."),
        new("load-lane", "From memory to a lane of a vector."),
        new("store-lane", "From a lane of a vector to memory."),
        new("vector-constant", "A vector from the immediates."),
        new("vector-lane", "A lane of a vector, read or replaced."),
        new("shuffle", "Lanes of two vectors that the immediates choose."),
        new("vector", "All other vector instructions: they only compute, and have no immediates."),
        new("fence", "An order of accesses, and nothing else."),
        new("atomic-notify", "Wakes those that wait."),
        new("atomic-wait", "Waits until woken."),
        new("atomic-load", "Like <c>Load</c>, but atomic and aligned."),
        new("atomic-store", "Like <c>Store</c>, but atomic and aligned."),
        new("atomic-add", "Reads, adds, writes."),
        new("atomic-sub", "Reads, subtracts, writes."),
        new("atomic-and", "Reads, clears bits, writes."),
        new("atomic-or", "Reads, sets bits, writes."),
        new("atomic-xor", "Reads, flips bits, writes."),
        new("atomic-xchg", "Reads, and writes another value."),
        new("atomic-cmpxchg", "Reads, and writes another value if it read the expected one."),
    ];

    /// <summary>The member of the enumeration.</summary>
    internal string Name => InstructionTable.PascalCase(Cell);

    /// <summary>The value of the member.</summary>
    internal int Value => Array.IndexOf(All, this) + 1;

    internal static OpcodeFamily? Find(string cell) => Array.Find(All, family => family.Cell == cell);
}
