Wizer.Cli.ToolName.Text = "wizer-wasmtime";
return Wizer.Cli.Command.Run(args, Wizer.Cli.Wasmtime.Engines.Create);
