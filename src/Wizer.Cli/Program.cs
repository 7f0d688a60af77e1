return Wizer.Cli.Command.Run(args);
