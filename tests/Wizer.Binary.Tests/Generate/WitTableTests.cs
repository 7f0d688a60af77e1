using Wizer.Generate;
using Wizer.Generate.Wasi;
using Xunit;

namespace Wizer.Binary.Tests.Generate;

/// <summary>How the table of WASI 0.2 follows from WIT, and code from the table.</summary>
public sealed class WitTableTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wizer-wit-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Table_HasWhatInterfacesSay()
    {
        Write("wit/io/streams.wit", """
            package wasi:io@0.2.12;
            // A comment { with a brace.
            @since(version = 0.2.0)
            interface streams {
                /// A resource.
                @since(version = 0.2.0)
                resource stream {
                    constructor(size: u32);
                    read: func(len: u64,) -> result<list<u8>, failure>;
                    @deprecated(version = 0.2.2)
                    join: static func(a: borrow<stream>, b: stream) -> stream;
                }
                variant failure { broken(stream), %closed, }
                record pair { first: option<u32>, second: tuple<u8, string> }
                flags modes { a, b }
                type alias = pair;
                look: func(at: alias, how: modes) -> result<_, failure>;
                resource empty;
            }
            world imports { @since(version = 0.2.0) import streams; export run; }
            """);
        Write("wit/io/run.wit", "interface run { run: func() -> result; }");
        Write("wit/sockets/tcp.wit", """
            package wasi:sockets@0.2.12;
            interface tcp {
                use wasi:io/streams@0.2.12.{stream as other};
                enum error-code { unknown, not-supported }
                type held = other;
                open: func() -> result<held, error-code>;
                hold: func(what: borrow<held>);
                tcp-error-code: func() -> option<error-code>;
            }
            """);
        Assert.Equal(0, WitTable.Write(Path.Combine(_directory.FullName, "wit"), _directory.FullName));
        Assert.Equal(
            """
            resource	wasi:io/streams	stream	-	-
            type	wasi:io/streams	failure	variant{broken(own<wasi:io/streams.stream>), closed}	-
            type	wasi:io/streams	pair	record{first: option<u32>, second: tuple<u8, string>}	-
            type	wasi:io/streams	modes	flags{a, b}	-
            resource	wasi:io/streams	empty	-	-
            func	wasi:io/streams	[constructor]stream	func(size: u32) -> own<wasi:io/streams.stream>	host
            func	wasi:io/streams	[method]stream.read	func(self: borrow<wasi:io/streams.stream>, len: u64) -> result<list<u8>, wasi:io/streams.failure>	host
            func	wasi:io/streams	[static]stream.join	func(a: borrow<wasi:io/streams.stream>, b: own<wasi:io/streams.stream>) -> own<wasi:io/streams.stream>	host
            func	wasi:io/streams	look	func(at: wasi:io/streams.pair, how: wasi:io/streams.modes) -> result<_, wasi:io/streams.failure>	host
            type	wasi:sockets/tcp	error-code	enum{unknown, not-supported}	-
            func	wasi:sockets/tcp	open	func() -> result<own<wasi:io/streams.stream>, wasi:sockets/tcp.error-code>	not-supported
            func	wasi:sockets/tcp	hold	func(what: borrow<wasi:io/streams.stream>)	trap
            func	wasi:sockets/tcp	tcp-error-code	func() -> option<wasi:sockets/tcp.error-code>	none
            """.ReplaceLineEndings("\n") + "\n",
            string.Concat(File.ReadLines(Path.Combine(_directory.FullName, "preview2.tsv")).Where(line => line[0] != '#').Select(line => line + "\n")));
    }

    [Theory]
    [InlineData("interface a { f: func() }", "expected `;`, found `}`")]
    [InlineData("something", "unexpected `something`")]
    [InlineData("interface a {", "unexpected end")]
    [InlineData("interface a { f: func() -> nothing; }", "wasi:io/a has no type `nothing`")]
    [InlineData("interface a { use b.{c}; f: func() -> c; }", "wasi:io/a uses wasi:io/b, which is not there")]
    public void BadWit_IsAnError(string text, string message)
    {
        Write("wit/io/a.wit", "package wasi:io@0.2.12;" + text);
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => WitTable.Write(Path.Combine(_directory.FullName, "wit"), _directory.FullName)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Code_NamesAMethodForEachFunction()
    {
        string code = Emit("""
            resource	wasi:io/streams	stream	-	-
            type	wasi:io/streams	failure	enum{a, b}	-
            func	wasi:io/streams	[method]stream.read-all	func(self: borrow<wasi:io/streams.stream>) -> wasi:io/streams.failure	host
            func	wasi:io/streams	no-thing	func()	none
            func	wasi:io/streams	other	func()	trap
            func	wasi:io/streams	error	func()	not-supported
            """);
        Assert.Contains("(\"wasi:io/streams\", \"stream\"),", code, StringComparison.Ordinal);
        Assert.Contains("IoStreams.StreamReadAll),", code, StringComparison.Ordinal);
        Assert.Contains("\"no-thing\", \"func()\", 0x1926bfa0a15a6c3c, Preview2Answers.None),", code, StringComparison.Ordinal);
        Assert.Contains("Preview2Answers.Trap),", code, StringComparison.Ordinal);
        Assert.Contains("Preview2Answers.NotSupported),", code, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("thing\ta\tb\t-\t-", "preview2.tsv(1): error : `thing` is no kind")]
    [InlineData("func\twasi:io/a\tb\tfunc()\tmaybe", "preview2.tsv(1): error : `maybe` is no answer")]
    [InlineData("func\twasi:io/a\tb\tfunc() -> wasi:io/a.c\thost", "preview2.tsv(1): error : there is no type `wasi:io/a.c`")]
    public void BadRow_NamesFileAndLine(string row, string message) =>
        Assert.EndsWith(message, Assert.Throws<TableException>(() => Emit(row)).Message, StringComparison.Ordinal);

    private string Emit(string table)
    {
        Write("Wizer.Engine/Wasi/Preview2/preview2.tsv", table);
        Write("instructions.tsv", "");
        var code = new CodeWriter("table", "emitter");
        new Preview2Emitter().Emit(
            InstructionTable.Load(Path.Combine(_directory.FullName, "instructions.tsv"), _directory.FullName), code);
        return code.ToString();
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_directory.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text.ReplaceLineEndings("\n"));
    }
}
