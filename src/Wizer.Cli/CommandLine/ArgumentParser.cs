using Wizer.Engine;

namespace Wizer.Cli;

/// <summary>
/// Reads a command line the way the original's does, odd spellings and errors included: from left to right, the first error
/// or <c>-h</c> decides.
/// </summary>
internal ref struct ArgumentParser
{
    /// <summary>The environment variable with options that come before those of the command line.</summary>
    public const string Variable = "WIZER_OPTIONS";

    private readonly CommandSyntax _syntax;
    private readonly Arguments _arguments;
    private readonly List<Option> _used = [];
    private ReadOnlySpan<string> _words;
    private int _next;
    private bool _hasInput;
    private bool _hasSecondInput;

    // The words up to here came from a file.
    private int _fileEnd;

    private ArgumentParser(ReadOnlySpan<string> words, CommandSyntax syntax, Arguments arguments)
    {
        _words = words;
        _syntax = syntax;
        _arguments = arguments;
    }

    // Whether the words are those of the variable: options of a run, and nothing else.
    private bool IsVariable { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <param name="words">The words behind the command's name.</param>
    /// <param name="variable">What <see cref="Variable"/> says, for the main command.</param>
    /// <exception cref="UsageException">The command line, or the variable, makes no sense.</exception>
    /// <param name="baseDirectory">Where relative paths begin; null for the process's own directory.</param>
    public static Arguments Parse(ReadOnlySpan<string> words, string? variable = null, string? baseDirectory = null)
    {
        CommandSyntax? named = Subcommands.Find(words, out int nameLength);
        CommandSyntax syntax = named ?? CommandSyntax.Main;
        var arguments = new Arguments(syntax) { BaseDirectory = baseDirectory };
        UsageException? variableError = named is not null || string.IsNullOrEmpty(variable) ? null : ParseVariable(variable, arguments);
        syntax.Prepare?.Invoke(arguments);
        var parser = new ArgumentParser(words[nameLength..], syntax, arguments);
        try
        {
            parser.ParseAll();

            // Whoever asks for help, or has made a mistake of their own, gets that first.
            if (variableError is not null && !parser.IsDecided)
            {
                throw variableError;
            }

            parser.Check();
            return arguments;
        }
        catch (UsageException error)
        {
            error.Format = parser.FormatOfErrors();
            throw;
        }
    }

    // Wherever it stands: also behind what is wrong.
    private readonly ErrorFormat FormatOfErrors()
    {
        const string Option = "--error-format";
        ErrorFormat format = _arguments.ErrorFormat;
        for (int i = 0; i < _words.Length; i++)
        {
            string value = _words[i].StartsWith(Option + "=", StringComparison.Ordinal) ? _words[i][(Option.Length + 1)..]
                : i > 0 && _words[i - 1] == Option ? _words[i]
                : "";
            format = OptionText.FindErrorFormat(value) ?? format;
        }

        return format;
    }

    // Each has its own list of options that were used: what stands there once may stand here once, and then it counts.
    private static UsageException? ParseVariable(string text, Arguments arguments)
    {
        try
        {
            new ArgumentParser(OptionWords.Split(text), CommandSyntax.Main, arguments) { IsVariable = true }.ParseAll();
            return null;
        }
        catch (UsageException error)
        {
            return UsageException.OfVariable(Variable, error);
        }
    }

    private void ParseAll()
    {
        bool onlyInput = false;
        while (_next < _words.Length && !IsDecided)
        {
            string word = _words[_next++];
            if (!onlyInput && IsFile(word))
            {
                InsertFile(word);
            }
            else if (onlyInput || !IsOption(word))
            {
                TakeInput(word);
            }
            else if (word == "--")
            {
                onlyInput = true;
            }
            else if (word[1] == '-')
            {
                ParseLong(word);
            }
            else
            {
                ParseShort(word);
            }
        }
    }

    /// <summary>What no word is wrong in by itself.</summary>
    private readonly void Check()
    {
        if (IsDecided)
        {
            return;
        }

        if (_arguments.Input == "")
        {
            throw UsageException.EmptyOperand(_syntax);
        }

        if (_syntax.SecondOperand is { } second && !_hasSecondInput)
        {
            throw UsageException.MissingOperand(_syntax, _hasInput ? second : _syntax.Operands);
        }

        if (_arguments.SecondInput == "")
        {
            throw UsageException.EmptyOperand(_syntax);
        }

        if (_syntax.OperandWords.Length > 0 && (!_hasInput || Array.IndexOf(_syntax.OperandWords, _arguments.Input) < 0))
        {
            throw UsageException.InvalidOperand(_syntax, _hasInput ? _arguments.Input : null);
        }

        if (_arguments.Depfile is not null && _arguments.Output is null)
        {
            throw UsageException.DepfileWithoutTarget();
        }

        if (_arguments.Cache is not null && !_arguments.Deterministic)
        {
            throw UsageException.CacheOfWhatDiffers();
        }

        if (_arguments.Report == Arguments.StandardOutput && _arguments.Output is null)
        {
            throw UsageException.TwoForStandardOutput();
        }

        if (_arguments.Report is not null && _arguments.Report == _arguments.Output)
        {
            throw UsageException.TwoForOneFile(_arguments.Report);
        }
    }

    // What asks for help or the version gets it, whatever else is wrong behind it.
    private readonly bool IsDecided => _arguments.Help != HelpKind.None || _arguments.Version;

    // A lone dash is a value like any other.
    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-';

    // Only where an input could stand: the value of an option is taken as it is, as the original takes it.
    private readonly bool IsFile(string word) => word.Length > 1 && word[0] == '@' && _syntax.Kind == CommandKind.PreInitialize;

    private void InsertFile(string word)
    {
        if (_next <= _fileEnd)
        {
            throw UsageException.NestedFile(word);
        }

        string[] lines = ArgumentFile.Read(word, _arguments);
        string[] words = [.. lines, .. _words[_next..]];
        _words = words;
        _next = 0;
        _fileEnd = lines.Length;
    }

    private void TakeInput(string word)
    {
        if (_hasInput && !_hasSecondInput && _syntax.SecondOperand is not null)
        {
            _hasSecondInput = true;
            _arguments.SecondInput = word == "-" ? null : word;
            return;
        }

        if (_hasInput || IsVariable || _syntax.Operand.Length == 0)
        {
            throw UsageException.UnexpectedWord(_syntax, word);
        }

        _hasInput = true;
        _arguments.Input = word == "-" ? null : word;
    }

    private void ParseLong(string word)
    {
        Option option = FindLong(word);
        int equals = word.IndexOf('=');
        Take(option, equals < 0 ? null : word[(equals + 1)..]);
    }

    private readonly Option FindLong(string word)
    {
        int equals = word.IndexOf('=');
        string name = equals < 0 ? word[2..] : word[2..equals];
        return _syntax.FindLong(name) ?? throw UsageException.UnknownWord(_syntax, name, _used, _hasInput);
    }

    private readonly Option FindShort(string word, int at)
    {
        int length = char.IsHighSurrogate(word[at]) && at + 1 < word.Length ? 2 : 1;
        return _syntax.FindShort(word[at]) ?? throw UsageException.UnknownLetter(_syntax, word.Substring(at, length));
    }

    // Letters may be bundled: behind one that stands for itself comes another. What follows the others is their value, with or
    // without an equals sign.
    private void ParseShort(string word)
    {
        for (int at = 1; at < word.Length && !IsDecided; at++)
        {
            Option option = FindShort(word, at);
            if (option.Value != OptionValue.None)
            {
                int value = at + 1;
                Take(option, value == word.Length ? null : word[(word[value] == '=' ? value + 1 : value)..]);
                return;
            }

            Apply(option, null, isLetter: true);
        }
    }

    private void Take(Option option, string? attached)
    {
        string? value = attached;
        switch (option.Value)
        {
            case OptionValue.None when attached is not null && option.IsAddition:
                // As the original says it, which does not know the option.
                throw UsageException.UnknownWord(_syntax, option.Long!, _used, _hasInput);

            case OptionValue.None when attached is not null:
                throw UsageException.UnexpectedValue(option, attached);

            case OptionValue.Required or OptionValue.OptionalBool when attached is null && _next < _words.Length:
                value = TakeNextWord(option);
                break;
        }

        if (value is null && option.Value == OptionValue.Required)
        {
            throw UsageException.MissingValue(option);
        }

        Apply(option, value, isLetter: false);
    }

    // A word that begins with a dash is never a value. When it is no option either, that is the error rather than the value
    // that is missing.
    private string? TakeNextWord(Option option)
    {
        string word = _words[_next];
        if (!IsOption(word))
        {
            _next++;
            return word;
        }

        if (option.Value == OptionValue.Required && word != "--")
        {
            _ = word[1] == '-' ? FindLong(word) : FindShort(word, 1);
        }

        return null;
    }

    private void Apply(Option option, string? value, bool isLetter)
    {
        if (!option.Repeatable && _used.Contains(option))
        {
            throw UsageException.Repeated(_syntax, option);
        }

        if (IsVariable && option.IsAnsweredAtOnce)
        {
            throw UsageException.UnexpectedWord(_syntax, option.Flag);
        }

        _used.Add(option);
        _arguments.Given.Add(new GivenOption(option, value));
        bool flag = option.IsBool && ParseBool(option, value);
        if (PathBytes.HasEscapes(value) && PathBytes.HasEscapes(TextOf(option, value)))
        {
            throw UsageException.InvalidUtf8(_syntax);
        }

        option.Set(_arguments, new OptionUse(option, value, flag, isLetter));
    }

    // The part of a value that is no path on the host: what a guest sees, names of its own included, is UTF-8.
    private static string TextOf(Option option, string value)
    {
        int path = option.PathFollows is { } sign ? value.IndexOf(sign, StringComparison.Ordinal) : -1;
        return path < 0 ? value : value[..path];
    }

    // A bare one means true; only lower case will do.
    private static bool ParseBool(Option option, string? value) => value switch
    {
        null or "true" => true,
        "false" => false,
        "" => throw UsageException.MissingValue(option),
        _ => throw UsageException.InvalidChoice(option, value),
    };
}
