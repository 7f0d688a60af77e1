using System.Globalization;
using System.Text;
using Wizer.Differential.Generation;
using Wizer.Engine.Components;
using Wizer.Text;

namespace Wizer.Differential.Components;

/// <summary>
/// Makes components of two nested ones with memories and string encodings of their own. A value of the host's goes through the outer
/// one to the inner one, from there to a function of the host, and all the way back; other values come from the memory of the inner
/// one, where some of them are broken. In between, core functions only pass on what they get, whatever the types.
/// </summary>
internal sealed class ComponentGenerator
{
    private const int MaxFlatParameters = 16;
    private const int MaxSize = 4096;

    // In the memories of both: where results are returned, where values lie, where memory is allocated from.
    private const int ResultAddress = 1024;
    private const int DataAddress = 8192;
    private const int HeapAddress = 40_000;

    private static readonly string[] s_encodings = ["utf8", "utf16", "latin1+utf16"];

    private readonly Prng _random;
    private readonly ComponentTypeGenerator _types;
    private readonly List<Func> _echoes = [];
    private readonly List<Func> _sources = [];
    private readonly List<HostFunction> _hostFunctions = [];

    private ComponentGenerator(ulong seed)
    {
        _random = new Prng(seed);
        _types = new ComponentTypeGenerator(_random);
    }

    private IEnumerable<Func> All => _echoes.Concat(_sources);

    internal static GeneratedComponent Generate(ulong seed) => new ComponentGenerator(seed).Make(seed);

    private GeneratedComponent Make(ulong seed)
    {
        for (int i = _random.Below(5); i > 0; i--)
        {
            _types.AddNamed();
        }

        for (int i = _random.Between(1, 4); i > 0; i--)
        {
            ComponentType[] parameters = [.. Enumerable.Range(0, _random.Between(1, 4)).Select(_ => SmallType())];
            int returned = _random.Below(parameters.Length);
            string name = $"echo{_echoes.Count}";
            _hostFunctions.Add(new HostFunction($"host-{name}", returned));
            _echoes.Add(new Func(name, parameters, parameters[returned]));
        }

        for (int i = _random.Between(1, 4); i > 0; i--)
        {
            _sources.Add(new Func($"source{_sources.Count}", [], SmallType()));
        }

        var resources = new ResourceScript(_random);
        string text = Write(resources);
        var calls = new List<ComponentCallCase>();
        foreach (Func echo in _echoes)
        {
            for (int i = 0; i < 3; i++)
            {
                calls.Add(new ComponentCallCase(echo.Name, Array.ConvertAll(echo.Parameters, _types.Value)));
            }
        }

        calls.AddRange(_sources.Select(static source => new ComponentCallCase(source.Name, [])));
        calls.Add(new ComponentCallCase(ResourceScript.Export, []));
        return new GeneratedComponent(seed, text, WatParser.ToBinary(Encoding.UTF8.GetBytes(text), $"{seed}.wat"), _hostFunctions, calls);
    }

    private ComponentType SmallType()
    {
        while (true)
        {
            ComponentType type = _types.Type();
            if (type.Size <= MaxSize)
            {
                return type;
            }
        }
    }

    private string Write(ResourceScript resources)
    {
        var text = new StringBuilder("(component\n");
        text.Append(Types());
        foreach (Func echo in _echoes)
        {
            text.Append($"  (import \"host-{echo.Name}\" (func $host-{echo.Name} {echo.Signature}))\n");
        }

        WriteInner(text);
        WriteOuter(text);
        text.Append(resources.Text);
        foreach (Func func in All)
        {
            text.Append($"  (export \"{func.Name}\" (func $outer \"{func.Name}\"))\n");
        }

        return text.Append(")\n").ToString();
    }

    // Types with names are imported, each component its own, of which the equal ones are the same.
    private string Types() => string.Concat(_types.Named.Select(static type =>
        $"  (type $d-{type.Name} {type.Definition})\n  (import \"{type.Name}\" (type ${type.Name} (eq $d-{type.Name})))\n"));

    private string TypeArguments() => string.Concat(_types.Named.Select(static type => $" (with \"{type.Name}\" (type ${type.Name}))"));

    private void WriteInner(StringBuilder text)
    {
        string encoding = _random.Pick(s_encodings);
        var image = new MemoryImage(_random, _types, encoding, DataAddress);
        var bodies = new StringBuilder();
        foreach (Func echo in _echoes)
        {
            bodies.Append(echo.Forwarder(ResultAddress));
        }

        foreach (Func source in _sources)
        {
            string value = source.IsResultSpilled
                ? $"(i32.const {image.Add(source.Result)})"
                : $"({source.Result.Flat[0]}.const {Constant(source.Result.Flat[0])})";
            bodies.Append($"      (func (export \"{source.Name}\") (result {source.CoreResult}) {value})\n");
        }

        text.Append("  (component $Inner\n").Append(Types());
        foreach (Func echo in _echoes)
        {
            text.Append($"    (import \"{echo.Name}\" (func $f-{echo.Name} {echo.Signature}))\n");
        }

        WriteBody(text, encoding, _echoes, bodies, image.Text);
        text.Append($"  )\n  (instance $inner (instantiate $Inner{TypeArguments()}");
        foreach (Func echo in _echoes)
        {
            text.Append($" (with \"{echo.Name}\" (func $host-{echo.Name}))");
        }

        text.Append("))\n");
    }

    private void WriteOuter(StringBuilder text)
    {
        text.Append("  (component $Outer\n").Append(Types());
        var bodies = new StringBuilder();
        foreach (Func func in All)
        {
            text.Append($"    (import \"{func.Name}\" (func $f-{func.Name} {func.Signature}))\n");
            bodies.Append(func.Forwarder(ResultAddress));
        }

        WriteBody(text, _random.Pick(s_encodings), All, bodies, "");
        text.Append($"  )\n  (instance $outer (instantiate $Outer{TypeArguments()}");
        foreach (Func func in All)
        {
            text.Append($" (with \"{func.Name}\" (func $inner \"{func.Name}\"))");
        }

        text.Append("))\n");
    }

    /// <summary>What a nested component consists of, behind its imports.</summary>
    private void WriteBody(StringBuilder text, string encoding, IEnumerable<Func> imports, StringBuilder bodies, string data)
    {
        string options = $"string-encoding={encoding} (memory $mem) (realloc $realloc)";
        text.Append($$"""
                (core module $Libc
                  (memory (export "mem") 1)
                  (global $next (mut i32) (i32.const {{HeapAddress}}))
                  (func (export "realloc") (param $old i32) (param $oldSize i32) (param $align i32) (param $size i32) (result i32)
                    (local $at i32)
                    (local.set $at (i32.and
                      (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
                      (i32.sub (i32.const 0) (local.get $align))))
                    (global.set $next (i32.add (local.get $at) (local.get $size)))
                    (block $done
                      (loop $more
                        (br_if $done (i32.le_u (global.get $next) (i32.shl (memory.size) (i32.const 16))))
                        (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))))
                    (memory.copy (local.get $at) (local.get $old)
                      (select (local.get $oldSize) (local.get $size) (i32.lt_u (local.get $oldSize) (local.get $size))))
                    (local.get $at)))
                (core instance $libc (instantiate $Libc))
                (alias core export $libc "mem" (core memory $mem))
                (alias core export $libc "realloc" (core func $realloc))

            """);
        foreach (Func import in imports)
        {
            text.Append($"    (core func $l-{import.Name} (canon lower (func $f-{import.Name}) {options}))\n");
        }

        text.Append("    (core module $Main\n      (import \"libc\" \"mem\" (memory 1))\n");
        foreach (Func import in imports)
        {
            text.Append($"      (import \"\" \"{import.Name}\" (func $f-{import.Name} {import.LoweredType}))\n");
        }

        text.Append(bodies);
        foreach (Func func in All)
        {
            text.Append($"      (func (export \"post-{func.Name}\") (param {func.CoreResult}))\n");
        }

        text.Append($"      (data (i32.const {DataAddress}) \"{data}\"))\n");
        text.Append("    (core instance $main (instantiate $Main (with \"libc\" (instance $libc)) (with \"\" (instance");
        foreach (Func import in imports)
        {
            text.Append($" (export \"{import.Name}\" (func $l-{import.Name}))");
        }

        text.Append("))))\n");
        foreach (Func func in All)
        {
            string post = _random.Chance(30) ? $" (post-return (core func $main \"post-{func.Name}\"))" : "";
            text.Append($"    (func (export \"{func.Name}\") {func.Signature} ");
            text.Append($"(canon lift (core func $main \"{func.Name}\") {options}{post}))\n");
        }
    }

    // In words that every type has; integers are wider than what they are lifted to.
    private string Constant(string type)
    {
        ulong bits = _types.Integer();
        return type switch
        {
            "i32" => ((int)bits).ToString(CultureInfo.InvariantCulture),
            "i64" => ((long)bits).ToString(CultureInfo.InvariantCulture),
            _ => _random.Pick(["0", "-0", "1.5", "inf", "-inf", "nan", "nan:0x200001"]),
        };
    }

    /// <summary>A component function.</summary>
    private sealed record Func(string Name, ComponentType[] Parameters, ComponentType Result)
    {
        internal string Signature =>
            string.Concat(Parameters.Select(static (type, i) => $"(param \"p{i}\" {type}) ")) + $"(result {Result})";

        internal bool IsResultSpilled => Result.Flat.Length > 1;

        internal string CoreResult => IsResultSpilled ? "i32" : Result.Flat[0];

        /// <summary>The type of the core function that calls it.</summary>
        internal string LoweredType => IsResultSpilled
            ? Parameter([.. CoreParameters, "i32"])
            : $"{Parameter(CoreParameters)}(result {CoreResult})";

        private string[] CoreParameters
        {
            get
            {
                string[] flat = [.. Parameters.SelectMany(static type => type.Flat)];
                return flat.Length <= MaxFlatParameters ? flat : ["i32"];
            }
        }

        /// <summary>A core function that calls another component's: whatever the types, it passes on what it gets.</summary>
        internal string Forwarder(int resultAddress)
        {
            string arguments = string.Concat(CoreParameters.Select(static (_, i) => $" (local.get {i})"));
            string body = IsResultSpilled
                ? $"(call $f-{Name}{arguments} (i32.const {resultAddress})) (i32.const {resultAddress})"
                : $"(call $f-{Name}{arguments})";
            return $"      (func (export \"{Name}\") {Parameter(CoreParameters)}(result {CoreResult}) {body})\n";
        }

        private static string Parameter(string[] types) => types.Length == 0 ? "" : $"(param {string.Join(' ', types)}) ";
    }
}
