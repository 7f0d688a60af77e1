using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// Reads a command line the way the original's does, odd spellings and errors included: from left to right, the first error
/// or <c>-h</c> decides.
/// </summary>
internal ref struct ArgumentParser
{
    private readonly ReadOnlySpan<string> _words;
    private readonly Arguments _arguments = new();
    private readonly List<Option> _used = [];
    private int _next;
    private bool _hasInput;

    private ArgumentParser(ReadOnlySpan<string> words)
    {
        _words = words;
    }

    /// <exception cref="UsageException">The command line makes no sense.</exception>
    public static Arguments Parse(ReadOnlySpan<string> words)
    {
        var parser = new ArgumentParser(words);
        parser.ParseAll();
        return parser._arguments;
    }

    private void ParseAll()
    {
        bool onlyInput = false;
        while (_next < _words.Length && _arguments.Help == HelpKind.None)
        {
            string word = _words[_next++];
            if (onlyInput || !IsOption(word))
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

        if (_arguments.Input == "" && _arguments.Help == HelpKind.None)
        {
            throw UsageException.EmptyInput();
        }
    }

    // A lone dash is a value like any other.
    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-';

    private void TakeInput(string word)
    {
        if (_hasInput)
        {
            throw UsageException.UnexpectedWord(word);
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
        return OptionTable.FindLong(name) ?? throw UsageException.UnknownWord(name, _used, _hasInput);
    }

    private static Option FindShort(string word)
    {
        int length = char.IsHighSurrogate(word[1]) && word.Length > 2 ? 2 : 1;
        return OptionTable.FindShort(word[1]) ?? throw UsageException.UnknownLetter(word.Substring(1, length));
    }

    // Letters may be bundled, but every letter of this command that stands for itself ends the parsing; what follows the
    // others is their value, with or without an equals sign.
    private void ParseShort(string word)
    {
        Option option = FindShort(word);
        if (option.Value == OptionValue.None)
        {
            Apply(option, null, isLetter: true);
            return;
        }

        Take(option, word.Length == 2 ? null : word[(word[2] == '=' ? 3 : 2)..]);
    }

    private void Take(Option option, string? attached)
    {
        string? value = attached;
        switch (option.Value)
        {
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
            _ = word[1] == '-' ? FindLong(word) : FindShort(word);
        }

        return null;
    }

    private void Apply(Option option, string? value, bool isLetter)
    {
        if (!option.Repeatable && option.Id != OptionId.Help && _used.Contains(option))
        {
            throw UsageException.Repeated(option);
        }

        _used.Add(option);
        bool flag = option.IsBool && ParseBool(option, value);
        switch (option.Id)
        {
            case OptionId.Output:
                _arguments.Output = value!.Length == 0 ? throw UsageException.MissingValue(option) : value == "-" ? null : value;
                break;
            case OptionId.InitFunc:
                _arguments.InitFunc = value!;
                break;
            case OptionId.RenameFunc:
                _arguments.Renames.Add(ParseRename(option, value!));
                break;
            case OptionId.KeepInitFunc:
                _arguments.KeepInitFunc = flag;
                break;
            case OptionId.AllowWasi:
                _arguments.AllowWasi = true;
                break;
            case OptionId.RelaxedSimdDeterministic:
                _arguments.RelaxedSimdDeterministic = flag;
                break;
            case OptionId.Preload:
                _arguments.Preloads.Add(value!);
                break;
            case OptionId.InheritStdio:
                _arguments.InheritStdio = flag;
                break;
            case OptionId.InheritEnv:
                _arguments.InheritEnv = flag;
                break;
            case OptionId.Dir:
                _arguments.Dirs.Add(value!);
                break;
            case OptionId.MapDir:
                _arguments.MapDirs.Add(value!);
                break;
            case OptionId.WasmMultiMemory:
                _arguments.MultiMemory = flag;
                break;
            case OptionId.WasmMultiValue:
                _arguments.MultiValue = flag;
                break;
            case OptionId.WasmBulkMemory:
                _arguments.BulkMemory = flag;
                break;
            case OptionId.WasmSimd:
                _arguments.Simd = flag;
                break;
            case OptionId.WasmRelaxedSimd:
                _arguments.RelaxedSimd = flag;
                break;
            case OptionId.WasmReferenceTypes:
                _arguments.ReferenceTypes = flag;
                break;
            case OptionId.Help:
                _arguments.Help = isLetter ? HelpKind.Short : HelpKind.Long;
                break;
        }
    }

    // A bare one means true; only lower case will do.
    private static bool ParseBool(Option option, string? value) => value switch
    {
        null or "true" => true,
        "false" => false,
        "" => throw UsageException.MissingValue(option),
        _ => throw UsageException.InvalidBool(option, value),
    };

    // Up to the first equals sign: the name of an export may well contain another.
    private static FuncRename ParseRename(Option option, string value)
    {
        int equals = value.IndexOf('=');
        return equals < 0
            ? throw UsageException.InvalidRename(option, value)
            : new FuncRename(value[..equals], value[(equals + 1)..]);
    }
}
