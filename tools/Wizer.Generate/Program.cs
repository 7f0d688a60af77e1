using Wizer.Generate;
using Wizer.Generate.Emitters;
using Wizer.Generate.Engine;
using Wizer.Generate.Wasi;

// usage: Wizer.Generate <emitter> <path of src/> <output directory>
// A build step of the projects that name a GenerateEmitter: prints nothing, unless a row of a table is wrong.
// With `choose` in the place of the emitter, a step of bench/profile: writes the tables that follow from the profile.
// usage: Wizer.Generate wit <directory of WIT> <output directory>
// By hand, for a new version of WASI: writes preview2.tsv.
if (args is ["wit", var witDirectory, var tableDirectory])
{
    return WitTable.Write(witDirectory, tableDirectory);
}

return Generator.Run(args, new Dictionary<string, IEmitter[]>
{
    ["binary"] =
    [
        new OpcodeEmitter(),
        new ImmediateKindEmitter(),
        new ProposalEmitter(),
        new OpcodeFamilyEmitter(),
        new OpcodeTableEmitter(),
        new MnemonicEmitter(),
    ],
    ["engine"] = EngineEmitters.All,
}, Choice.Choose);
