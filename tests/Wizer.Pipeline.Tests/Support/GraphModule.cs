using System.Globalization;
using System.Text;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// A random module whose initialization makes, links and moves objects: recursion groups with subtypes, packed fields, and fields of
/// every kind of reference; globals, tables and segments that hold objects from the beginning; cycles through all that can be set; and
/// some dozens of one type at a time.
/// </summary>
internal sealed class GraphModule
{
    private static readonly string[] s_numbers = ["i8", "i16", "i32", "i64", "f32", "f64", "v128"];

    private readonly Random _random;
    private readonly List<Type> _types = [];
    private readonly List<Global> _globals = [];
    private readonly List<string> _tables = [];
    private readonly List<Segment> _segments = [];
    private readonly StringBuilder _text = new();

    // While what is written is in a loop, whose counter is $i.
    private bool _isInLoop;
    private int _loopCount;

    private GraphModule(int seed) => _random = new Random(seed);

    /// <summary>The text of a module; it exports <c>wizer-initialize</c>, <c>more</c> and <c>again</c>.</summary>
    public static string Generate(int seed)
    {
        var module = new GraphModule(seed);
        module.Write();
        return module._text.ToString();
    }

    private void Write()
    {
        _text.Append("(module\n");
        WriteTypes();
        _text.Append("(tag $plain) (tag $value (param i32 anyref))\n");
        _text.Append("(type $seen (array (mut eqref))) (global $seen (mut (ref null $seen)) (ref.null $seen))\n");
        _text.Append("(type $bag (array (mut anyref))) (global $bag (mut (ref null $bag)) (ref.null $bag))\n");
        _text.Append("(global $count (mut i32) (i32.const 0)) (global $h (mut i64) (i64.const 0))\n");
        _text.Append("(memory 1) (data $d \"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\")\n");
        WriteGlobals();
        WriteTables();
        WriteSegments();
        for (int i = 0; i < 3; i++)
        {
            _text.Append(CultureInfo.InvariantCulture, $"(func $f{i} (type $id) (i32.const {i}))\n");
        }

        _text.Append("(func $g0 (param i32)) (elem declare func $f0 $f1 $f2 $g0)\n");
        WriteProbes();
        WriteFunction("wizer-initialize", 5 + _random.Next(40));
        WriteFunction("more", _random.Next(15));
        _text.Append("(func (export \"again\")))\n");
    }

    private void WriteTypes()
    {
        _text.Append("(type $id (func (result i32)))\n");
        int count = 2 + _random.Next(7);
        for (int i = 0; i < count; i++)
        {
            _types.Add(CreateType(i, count));
        }

        for (int start = 0; start < count;)
        {
            // References to later types stay within the group.
            int end = start + 1;
            for (int i = start; i < end; i++)
            {
                end = Math.Max(end, _types[i].LastReference + 1);
            }

            _text.Append("(rec\n");
            for (int i = start; i < end; i++)
            {
                _text.Append(_types[i].Text).Append('\n');
            }

            _text.Append(")\n");
            start = end;
        }
    }

    private Type CreateType(int index, int count)
    {
        var type = new Type { Index = index };
        if (index == 0)
        {
            // There is always one that anything can be made of.
            type.Fields.Add(new Field("i32", IsMutable: true));
            type.Fields.Add(new Field("anyref", IsMutable: true));
            type.Text = "  (type $t0 (sub (struct (field (mut i32)) (field (mut anyref)))))";
            return type;
        }

        Type? super = index > 0 && _random.Next(3) == 0 ? _types[_random.Next(index)] : null;
        if (super is { IsArray: true })
        {
            super = null;
        }

        type.IsArray = super is null && _random.Next(3) == 0;
        type.Super = super;
        if (super is not null)
        {
            type.Fields.AddRange(super.Fields);
            type.LastReference = super.LastReference < index ? 0 : super.LastReference;
        }

        int fields = type.IsArray ? 1 : _random.Next(super is null ? 5 : 3);
        for (int i = 0; i < fields; i++)
        {
            type.Fields.Add(new Field(CreateStorage(type, index, count), _random.Next(3) != 0));
        }

        var text = new StringBuilder($"  (type $t{index} (sub ");
        text.Append(super is null ? "" : $"$t{super.Index} ");
        if (type.IsArray)
        {
            text.Append("(array ").Append(type.Fields[0].Text).Append(')');
        }
        else
        {
            text.Append("(struct");
            foreach (Field field in type.Fields)
            {
                text.Append(" (field ").Append(field.Text).Append(')');
            }

            text.Append(')');
        }

        type.Text = text.Append("))").ToString();
        return type;
    }

    private string CreateStorage(Type type, int index, int count)
    {
        switch (_random.Next(14))
        {
            case < 5:
                return s_numbers[_random.Next(s_numbers.Length)];
            case < 8:
                int target = _random.Next(Math.Min(count, index + 3));
                type.LastReference = Math.Max(type.LastReference, target);
                return $"(ref null $t{target})";
            case 8:
                return $"(ref $t{_random.Next(index)})";
            case 9:
                return Pick("(ref eq)", "(ref any)", "(ref i31)", "(ref extern)", "(ref func)", "(ref $id)", "(ref struct)");
            case 10:
                return Pick("funcref", "(ref null $id)", "nullfuncref");
            case 11:
                return Pick("externref", "nullexternref", "exnref");
            default:
                return Pick("anyref", "eqref", "i31ref", "structref", "arrayref", "nullref");
        }
    }

    private void WriteGlobals()
    {
        _text.Append("(global $n (mut i64) (i64.const 1)) (global $k i32 (i32.const 7))\n");
        int count = 1 + _random.Next(8);
        for (int i = 0; i < count; i++)
        {
            string type = RootType();
            bool isMutable = _random.Next(2) == 0;
            string init = Constant(type, 3);
            _text.Append(CultureInfo.InvariantCulture, $"(global $v{i} {(isMutable ? $"(mut {type})" : type)} {init})\n");
            _globals.Add(new Global($"$v{i}", type, isMutable));
        }
    }

    private void WriteTables()
    {
        int count = 1 + _random.Next(4);
        for (int i = 0; i < count; i++)
        {
            string type = RootType();
            bool isNullable = IsNullable(type);
            string init = !isNullable || _random.Next(3) == 0 ? Constant(type, 2, fromGlobals: false) : "";
            _text.Append(CultureInfo.InvariantCulture, $"(table $w{i} {3 + _random.Next(4)} 20 {type} {init})\n");
            _tables.Add(type);
        }
    }

    private void WriteSegments()
    {
        int count = _random.Next(5);
        for (int i = 0; i < count; i++)
        {
            int table = _random.Next(_tables.Count);
            int items = _random.Next(4);
            string text = string.Join(' ', Enumerable.Range(0, items).Select(_ => $"(item {Constant(_tables[table], 2)})"));
            bool isPassive = _random.Next(2) == 0;
            string mode = isPassive ? "" : $"(table $w{table}) (offset (i32.const 0))";
            _text.Append(CultureInfo.InvariantCulture, $"(elem $e{i} {mode} {_tables[table]} {text})\n");
            _segments.Add(new Segment(table, isPassive ? items : 0));
        }
    }

    private void WriteFunction(string name, int count)
    {
        _text.Append(CultureInfo.InvariantCulture, $"(func (export \"{name}\") (local $exn exnref) (local $i i32)\n");
        foreach (Type type in _types)
        {
            _text.Append(CultureInfo.InvariantCulture, $"  (local $a{type.Index} (ref null $t{type.Index})) (local $b{type.Index} (ref null $t{type.Index}))\n");
        }

        foreach (Type type in _types)
        {
            _text.Append(CultureInfo.InvariantCulture, $"  (local.set $a{type.Index} {New(type, type.Index)}) (local.set $b{type.Index} (local.get $a{type.Index}))\n");
        }

        for (int i = 0; i < count; i++)
        {
            _text.Append("  ").Append(Statement()).Append('\n');
        }

        _text.Append(")\n");
    }

    // Exports `hash`, by which another engine says what it finds: each object by the number under which it was met first.
    private void WriteProbes()
    {
        _text.Append("""
            (func $mix (param i64) (global.set $h (i64.mul (i64.xor (global.get $h) (local.get 0)) (i64.const 0x100000001b3))))
            (func $func (param funcref)
              (call $mix (if (result i64) (ref.test (ref $id) (local.get 0))
                (then (i64.extend_i32_u (call_ref $id (ref.cast (ref $id) (local.get 0)))))
                (else (i64.extend_i32_u (i32.add (i32.const 90) (ref.is_null (local.get 0))))))))
            (func $exn (param exnref)
              (if (ref.is_null (local.get 0)) (then (call $mix (i64.const 80)) (return)))
              (block $plain
                (block $value (result i32 anyref)
                  (try_table (catch $value $value) (catch $plain $plain) (throw_ref (local.get 0))) (unreachable))
                (call $visit)
                (call $mix (i64.extend_i32_u))
                (return))
              (call $mix (i64.const 81)))
            (func $visit (param $r anyref) (local $i i32) (local $e eqref) (local $n i32)
              (if (ref.is_null (local.get $r)) (then (call $mix (i64.const 1)) (return)))
              (if (ref.test (ref i31) (local.get $r)) (then (call $mix (i64.extend_i32_s (i31.get_s (ref.cast (ref i31) (local.get $r))))) (return)))
              (local.set $e (ref.cast eqref (local.get $r)))
              (if (ref.is_null (global.get $seen)) (then (global.set $seen (array.new_default $seen (i32.const 2000)))))
              (block $end (loop $more
                (br_if $end (i32.ge_u (local.get $i) (global.get $count)))
                (if (ref.eq (local.get $e) (array.get $seen (global.get $seen) (local.get $i)))
                  (then (call $mix (i64.extend_i32_u (i32.add (i32.const 1000) (local.get $i)))) (return)))
                (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $more)))
              (array.set $seen (global.get $seen) (global.get $count) (local.get $e))
              (global.set $count (i32.add (global.get $count) (i32.const 1)))

            """);
        foreach (Type type in _types.OrderByDescending(static type => type.Depth))
        {
            string cast = $"(ref.cast (ref $t{type.Index}) (local.get $r))";
            _text.Append(CultureInfo.InvariantCulture, $"  (if (ref.test (ref $t{type.Index}) (local.get $r)) (then (call $mix (i64.const {100 + type.Index}))\n");
            if (type.IsArray)
            {
                _text.Append(CultureInfo.InvariantCulture, $"    (local.set $n (array.len {cast})) (local.set $i (i32.const 0)) (call $mix (i64.extend_i32_u (local.get $n)))\n");
                _text.Append("    (block $end (loop $more (br_if $end (i32.ge_u (local.get $i) (local.get $n)))\n      ");
                _text.Append(Probe(type.Fields[0].Storage, $"(array.get{Sign(type.Fields[0])} $t{type.Index} {cast} (local.get $i))"));
                _text.Append("\n      (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $more)))\n");
            }

            for (int i = 0; !type.IsArray && i < type.Fields.Count; i++)
            {
                _text.Append("    ").Append(Probe(type.Fields[i].Storage, $"(struct.get{Sign(type.Fields[i])} $t{type.Index} {i} {cast})")).Append('\n');
            }

            _text.Append("    (return)))\n");
        }

        _text.Append("""
              (if (ref.test (ref $bag) (local.get $r)) (then (local.set $i (i32.const 0)) (call $mix (i64.const 98))
                (loop $more (call $visit (array.get $bag (ref.cast (ref $bag) (local.get $r)) (local.get $i)))
                  (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 200))))
                (return)))
              (call $mix (i64.const 99)))
            (func (export "hash") (result i64) (local $i i32) (call $visit (global.get $bag))

            """);
        foreach (Global global in _globals)
        {
            _text.Append("  ").Append(Probe(global.Type, $"(global.get {global.Name})")).Append('\n');
        }

        for (int i = 0; i < _tables.Count; i++)
        {
            _text.Append(CultureInfo.InvariantCulture, $"  (local.set $i (i32.const 0)) (block $end (loop $more (br_if $end (i32.ge_u (local.get $i) (table.size $w{i})))\n    ");
            _text.Append(Probe(_tables[i], $"(table.get $w{i} (local.get $i))"));
            _text.Append("\n    (call $mix (i64.const 3)) (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $more)))\n");
        }

        _text.Append("  (global.get $h))\n");
    }

    private static string Sign(Field field) => field.Storage is "i8" or "i16" ? "_s" : "";

    private static string Probe(string type, string value) => type switch
    {
        "i8" or "i16" or "i32" => $"(call $mix (i64.extend_i32_s {value}))",
        "i64" => $"(call $mix {value})",
        "f32" => $"(call $mix (i64.extend_i32_u (i32.reinterpret_f32 {value})))",
        "f64" => $"(call $mix (i64.reinterpret_f64 {value}))",
        "v128" => $"(call $mix (i64.xor (i64x2.extract_lane 0 {value}) (i64.rotl (i64x2.extract_lane 1 {value}) (i64.const 7))))",
        _ => HeapOf(type) switch
        {
            "func" or "nofunc" or "$id" => $"(call $func {value})",
            "exn" => $"(call $exn {value})",
            "extern" or "noextern" => $"(call $visit (any.convert_extern {value}))",
            _ => $"(call $visit {value})",
        },
    };

    private string Statement()
    {
        Type type = _types[_random.Next(_types.Count)];
        int table = _random.Next(_tables.Count);
        switch (_random.Next(14))
        {
            case 0 or 1:
                return $"(local.set {Pick("$a", "$b")}{type.Index} {New(type, _types.Count)})";
            case 2 or 3 or 4:
                return Set(type);
            case 5 or 6:
                Global global = _globals[_random.Next(_globals.Count)];
                return global.IsMutable ? $"(global.set {global.Name} {Value(global.Type, _types.Count)})" : "(global.set $n (i64.const 5))";
            case 7 or 8:
                return $"(table.set $w{table} (i32.const {_random.Next(3)}) {Value(_tables[table], _types.Count)})";
            case 9:
                return _random.Next(3) switch
                {
                    0 => $"(drop (table.grow $w{table} {Value(_tables[table], _types.Count)} (i32.const {_random.Next(3)})))",
                    1 => $"(table.fill $w{table} (i32.const 0) {Value(_tables[table], _types.Count)} (i32.const {_random.Next(3)}))",
                    _ => $"(table.copy $w{table} $w{table} (i32.const 0) (i32.const 1) (i32.const 2))",
                };
            case 12 when !_isInLoop:
                return Loop(type);
            case 10 when _segments.Count != 0:
                int segment = _random.Next(_segments.Count);
                int size = _random.Next(2) * _segments[segment].Count;
                return _random.Next(6) == 0
                    ? $"(elem.drop $e{segment})"
                    : $"(table.init $w{_segments[segment].Table} $e{segment} (i32.const 0) (i32.const 0) (i32.const {size}))";
            case 11 when type.IsArray && type.Fields[0].IsMutable:
                return $"(array.fill $t{type.Index} {Local(type)} (i32.const 0) {Value(type.Fields[0].Storage, _types.Count)} (i32.const 0))";
            default:
                return Set(type);
        }
    }

    // Many of a type. Each may hold others, be put into the one before, and is kept.
    private string Loop(Type type)
    {
        _isInLoop = true;
        int start = _random.Next(140);
        string text = $"""
            (if (ref.is_null (global.get $bag)) (then (global.set $bag (array.new_default $bag (i32.const 200)))))
              (local.set $i (i32.const 0)) (loop $loop{_loopCount}
              (local.set $a{type.Index} {New(type, _types.Count)})
              {Set(type)} {(_random.Next(2) == 0 ? Statement() : "")}
              (local.set $b{type.Index} (local.get $a{type.Index}))
              (array.set $bag (global.get $bag) (i32.add (local.get $i) (i32.const {start})) (local.get $a{type.Index}))
              (br_if $loop{_loopCount} (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {20 + _random.Next(40)}))))
            """;
        _loopCount++;
        _isInLoop = false;
        return text;
    }

    private string Set(Type type)
    {
        int field = type.Fields.Count == 0 ? -1 : _random.Next(type.Fields.Count);
        if (field < 0 || !type.Fields[field].IsMutable)
        {
            return $"(local.set $b{type.Index} (local.get $a{type.Index}))";
        }

        string value = Value(type.Fields[field].Storage, _types.Count);
        return type.IsArray
            ? $"(if (array.len {Local(type)}) (then (array.set $t{type.Index} {Local(type)} (i32.const 0) {value})))"
            : $"(struct.set $t{type.Index} {field} {Local(type)} {value})";
    }

    private string Local(Type type) => $"(local.get {Pick("$a", "$b")}{type.Index})";

    // An object made of others that are there: those of types before the given one.
    private string New(Type type, int known)
    {
        if (type.IsArray)
        {
            string storage = type.Fields[0].Storage;
            return _random.Next(3) switch
            {
                0 when _isInLoop => $"(array.new $t{type.Index} {Value(storage, known)} (i32.rem_u (local.get $i) (i32.const {1 + _random.Next(25)})))",
                0 => $"(array.new $t{type.Index} {Value(storage, known)} (i32.const {_random.Next(4) * _random.Next(4)}))",
                1 when storage is "i8" or "i16" or "i32" or "f64" =>
                    $"(array.new_data $t{type.Index} $d (i32.const {_random.Next(4)}) (i32.const {_random.Next(7)}))",
                _ => Fixed(type, () => Value(storage, known)),
            };
        }

        return $"(struct.new $t{type.Index} {string.Join(' ', type.Fields.Select(field => Value(field.Storage, known)))})";
    }

    private string Fixed(Type type, Func<string> value)
    {
        int count = _random.Next(5);
        return $"(array.new_fixed $t{type.Index} {count} {string.Join(' ', Enumerable.Range(0, count).Select(_ => value()))})";
    }

    private string Value(string type, int known)
    {
        if (!type.Contains("ref", StringComparison.Ordinal))
        {
            return Number(type);
        }

        if (IsNullable(type) && _random.Next(4) == 0)
        {
            return Null(type);
        }

        if (_isInLoop && IsNullable(type) && _random.Next(8) == 0)
        {
            string one = Value(type, known);
            return $"(select (result {type}) {one} {Value(type, known)} (i32.and (local.get $i) (i32.const {1 + _random.Next(9)})))";
        }

        Global[] same = [.. _globals.Where(global => global.Type == type)];
        if (same.Length != 0 && _random.Next(4) == 0)
        {
            return $"(global.get {same[_random.Next(same.Length)].Name})";
        }

        string heap = HeapOf(type);
        string value = heap switch
        {
            "exn" => Exception(known),
            "extern" => $"(extern.convert_any {Value("(ref any)", known)})",
            _ when heap.StartsWith("$t", StringComparison.Ordinal) => Concrete(int.Parse(heap[2..], CultureInfo.InvariantCulture), known),
            "any" or "eq" => _random.Next(3) == 0 || known == 0 ? I31() : Concrete(_random.Next(known), known),
            "struct" => OfKind(isArray: false, known),
            "array" => OfKind(isArray: true, known),
            _ => Atom(heap),
        };
        return value.Length == 0 ? Null(type) : value;
    }

    private string Concrete(int index, int known)
    {
        // One of a subtype is as good.
        Type[] types = [.. _types.Where(type => type.Index < known && type.IsOrExtends(index))];
        if (types.Length == 0)
        {
            return "";
        }

        Type chosen = types[_random.Next(types.Length)];
        return $"(ref.as_non_null {Local(chosen)})";
    }

    private string OfKind(bool isArray, int known)
    {
        Type[] types = [.. _types.Where(type => type.Index < known && type.IsArray == isArray)];
        return types.Length == 0 ? isArray ? "" : "(struct.new_default $t0)" : Concrete(types[_random.Next(types.Length)].Index, known);
    }

    private string Exception(int known) =>
        $"(block $caught (result exnref) (try_table (catch_all_ref $caught) "
        + (_random.Next(2) == 0 ? "(throw $plain)" : $"(throw $value (i32.const {_random.Next(100)}) {Value("anyref", known)})")
        + ") (unreachable))";

    // A constant expression for a type.
    private string Constant(string type, int depth, bool fromGlobals = true)
    {
        if (!type.Contains("ref", StringComparison.Ordinal))
        {
            return Number(type);
        }

        if (IsNullable(type) && (depth <= 0 || _random.Next(3) == 0))
        {
            return Null(type);
        }

        Global[] same = [.. _globals.Where(global => global.Type == type && !global.IsMutable)];
        if (fromGlobals && same.Length != 0 && _random.Next(2) == 0)
        {
            return $"(global.get {same[_random.Next(same.Length)].Name})";
        }

        string heap = HeapOf(type);
        string value = heap switch
        {
            "exn" => "",
            "extern" => $"(extern.convert_any {Constant("(ref any)", depth - 1, fromGlobals)})",
            _ when heap.StartsWith("$t", StringComparison.Ordinal) =>
                ConstantObject(_types[int.Parse(heap[2..], CultureInfo.InvariantCulture)], depth, fromGlobals),
            "any" or "eq" => depth <= 0 || _random.Next(3) == 0 ? I31() : ConstantObject(_types[_random.Next(_types.Count)], depth, fromGlobals),
            "struct" => "(struct.new_default $t0)",
            "array" => "",
            _ => Atom(heap),
        };
        return value.Length == 0 ? Null(type) : value;
    }

    private string ConstantObject(Type type, int depth, bool fromGlobals)
    {
        if (type.IsArray)
        {
            return _random.Next(3) == 0
                ? $"(array.new $t{type.Index} {Constant(type.Fields[0].Storage, depth - 1, fromGlobals)} (i32.const {_random.Next(5)}))"
                : Fixed(type, () => Constant(type.Fields[0].Storage, depth - 1, fromGlobals));
        }

        return $"(struct.new $t{type.Index} {string.Join(' ', type.Fields.Select(field => Constant(field.Storage, depth - 1, fromGlobals)))})";
    }

    private string RootType() => _random.Next(8) switch
    {
        0 => "anyref",
        1 => Pick("externref", "(ref extern)"),
        2 => Pick("funcref", "(ref func)", "(ref null $id)"),
        3 => Pick("eqref", "(ref eq)", "i31ref"),
        4 => "exnref",
        5 => $"(ref $t{_random.Next(_types.Count)})",
        _ => $"(ref null $t{_random.Next(_types.Count)})",
    };

    private string Atom(string heap) => heap switch
    {
        "i31" => I31(),
        "func" => _random.Next(4) is var which and < 3 ? $"(ref.func $f{which})" : "(ref.func $g0)",
        "$id" => $"(ref.func $f{_random.Next(3)})",
        _ => "",
    };

    private string I31() => _isInLoop && _random.Next(2) == 0
        ? $"(ref.i31 {Number("i32")})"
        : $"(ref.i31 (i32.const {_random.Next(-2000, 2000)}))";

    private string Number(string type) => _isInLoop && _random.Next(3) != 0 ? NumberInLoop(type) : type switch
    {
        "i8" or "i16" or "i32" => $"(i32.const {(_random.Next(3) == 0 ? 0 : _random.Next(-70_000, 70_000))})",
        "i64" => $"(i64.const {_random.NextInt64(-1L << 40, 1L << 40)})",
        "f32" => Pick("(f32.const nan:0x200001)", "(f32.const -0)", "(f32.const 1.5)", "(f32.const 0)"),
        "f64" => Pick("(f64.const -nan:0x4000000000001)", "(f64.const -0)", "(f64.const 2.5)", "(f64.const 0)"),
        _ => $"(v128.const i32x4 {_random.Next(3)} 0 -1 {_random.Next()})",
    };

    // Small ones, large ones, and a few of the latter among the former.
    private string NumberInLoop(string type)
    {
        string number = Pick(
            "(local.get $i)",
            "(i32.sub (i32.const 15) (local.get $i))",
            "(i32.mul (local.get $i) (i32.const 77777777))",
            "(i32.mul (i32.const -128) (i32.and (local.get $i) (i32.const 1)))",
            "(select (i32.const -2147483648) (local.get $i) (i32.eq (i32.and (local.get $i) (i32.const 15)) (i32.const 7)))",
            "(select (i32.const 70000) (i32.const -128) (i32.eq (i32.and (local.get $i) (i32.const 15)) (i32.const 7)))");
        return type switch
        {
            "i8" or "i16" or "i32" => number,
            "i64" => Pick($"(i64.extend_i32_s {number})", $"(i64.mul (i64.extend_i32_s {number}) (i64.const 99999999999))"),
            "f32" => $"(f32.reinterpret_i32 {number})",
            "f64" => $"(f64.convert_i32_s {number})",
            _ => $"(i32x4.splat {number})",
        };
    }

    private static bool IsNullable(string type) =>
        type.StartsWith("(ref null", StringComparison.Ordinal) || !type.StartsWith('(');

    private static string HeapOf(string type) => type.StartsWith('(')
        ? type[(type.LastIndexOf(' ') + 1)..^1]
        : type switch
        {
            "nullref" => "none",
            "nullfuncref" => "nofunc",
            "nullexternref" => "noextern",
            _ => type[..^3],
        };

    private static string Null(string type) => $"(ref.null {HeapOf(type)})";

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private sealed record Field(string Storage, bool IsMutable)
    {
        public string Text => IsMutable ? $"(mut {Storage})" : Storage;
    }

    private sealed record Segment(int Table, int Count);

    private sealed record Global(string Name, string Type, bool IsMutable);

    private sealed class Type
    {
        public int Index { get; init; }

        public bool IsArray { get; set; }

        public Type? Super { get; set; }

        public List<Field> Fields { get; } = [];

        public int LastReference { get; set; }

        public string Text { get; set; } = "";

        public int Depth => Super is null ? 0 : Super.Depth + 1;

        public bool IsOrExtends(int index) => Index == index || (Super?.IsOrExtends(index) ?? false);
    }
}
