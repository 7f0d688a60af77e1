#if DEBUG
// A debug build validates what the pipeline writes; with a printer at hand a defect shows the module it happened to.
Wizer.Pipeline.OutputCheck.Printer =
    static module => Wizer.Text.WatPrinter.Print(Wizer.Binary.ModuleReader.Parse(module));
#endif

return Wizer.Cli.Command.Run(args);
