using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Listing;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

public sealed class FunctionListingTests
{
    private static readonly byte[] s_module = Wat.Compile("""
        (module
          (import "env" "nobody" (func))
          (func (param i32 i32) (result i32)
            (block (block (block (br_table 0 1 2 (local.get 0))) (return (i32.const 7))) (call 0))
            (i32.mul (local.get 0) (local.get 1))))
        """);

    [Fact]
    public void RegisterCode_NamesEachOperation()
    {
        using var store = new Store(EngineOptions.Default with { UsePlainLoop = true });
        string[] lines = List(store).RegisterCode().TrimEnd().Split('\n');

        Assert.Matches("^frame of [0-9]+ slots, 2 of parameters$", lines[0]);
        Assert.Matches("^     4  BrTable ", lines[1]);
        Assert.Contains(lines, line => line.Contains("  I32Mul ", StringComparison.Ordinal));
        Assert.All(lines[1..], line => Assert.Matches("^ *[0-9]+  [A-Z][A-Za-z0-9]*( [0-9]+)*$", line));
    }

    [Fact]
    public void MachineCode_IsThatOfTheFunction_WhereThereIsAny()
    {
        using var store = new Store();
        byte[] code = List(store).MachineCode();
        Assert.Equal(MachineCode.IsSupported, code.Length != 0);

        // It ends each way out with a return.
        Assert.Equal(MachineCode.IsSupported, code.Contains((byte)0xc3));
    }

    private static FunctionListing List(Store store)
    {
        ModuleInfo module = ModuleReader.Parse(s_module);
        ModuleValidator.Validate(module);
        return new FunctionListing(store, new Linker { UnknownFunctionsTrap = true }, module, 1);
    }
}
