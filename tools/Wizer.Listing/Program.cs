using System.Globalization;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Listing;
using Wizer.Text;

if (args.Length is < 2 or > 3 || !uint.TryParse(args[1], CultureInfo.InvariantCulture, out uint index))
{
    Console.Error.WriteLine("usage: Wizer.Listing MODULE FUNCTION-INDEX [MACHINE-CODE-FILE]");
    return 2;
}

byte[] bytes = File.ReadAllBytes(args[0]);
if (args[0].EndsWith(".wat", StringComparison.Ordinal))
{
    bytes = WatParser.ToBinary(bytes, args[0]);
}

ModuleInfo module = ModuleReader.Parse(bytes);
ModuleValidator.Validate(module);
using var store = new Store();
var listing = new FunctionListing(store, new Linker { UnknownFunctionsTrap = true }, module, index);
Console.Write(listing.RegisterCode());
byte[] machineCode = listing.MachineCode();
Console.WriteLine(machineCode.Length == 0 ? "no machine code" : $"{machineCode.Length} bytes of machine code");
if (args.Length == 3)
{
    File.WriteAllBytes(args[2], machineCode);
}

return 0;
