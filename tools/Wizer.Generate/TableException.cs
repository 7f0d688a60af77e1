namespace Wizer.Generate;

/// <summary>A row that is wrong: the message is <c>file(line): error : what</c>.</summary>
internal sealed class TableException(string file, int line, string what)
    : Exception($"{file}({line}): error : {what}");
