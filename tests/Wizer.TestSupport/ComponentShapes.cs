namespace Wizer.TestSupport;

/// <summary>A component as a tool makes it, to be initialized before or at run time: the answers are the same.</summary>
/// <param name="Name">Which tool, and what is special.</param>
/// <param name="Fields">The component's fields, as text.</param>
/// <param name="Calls">
/// Functions that take nothing and return a <c>u32</c>; each call may change what the next one returns.
/// </param>
/// <param name="Init">The initialization function or a call of it.</param>
public sealed record ComponentShape(string Name, string Fields, string[] Calls, string Init = "init")
{
    /// <summary>The component.</summary>
    public string Text => $"(component $root {Fields})";

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Every shape of component that tools produce, written by hand.</summary>
public static class ComponentShapes
{
    // The start function counts, so that one that runs twice shows; main's imports are trampolines through the shim's table.
    private const string Main = """
        (global $starts (mut i32) (i32.const 0))
        (func (export "_initialize") (global.set $starts (i32.add (global.get $starts) (i32.const 1))))
        (func (export "init") (i32.store (i32.const 100) (call $w (i32.const 5))))
        (func (export "get") (result i32)
          (i32.add (i32.mul (i32.const 10000) (global.get $starts))
            (i32.add (i32.mul (i32.const 100) (i32.load (i32.const 100))) (call $w (i32.const 1)))))
        """;

    private const string Adapter = """
        (core module $adapter
          (import "env" "memory" (memory 0)) (import "host" "add" (func $add (param i32) (result i32)))
          (global $calls (mut i32) (i32.const 0))
          (global $state (mut i32) (i32.const 0))
          (func (export "write") (param i32) (result i32)
            (if (i32.eqz (global.get $state))
              (then (global.set $state (i32.mul (i32.const 65536) (memory.grow (i32.const 1))))))
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (i32.store (global.get $state) (i32.add (i32.load (global.get $state)) (call $add (local.get 0))))
            (i32.add (global.get $calls) (i32.load (global.get $state)))))
        """;

    // What the lowered functions come from, in the place of a host.
    private const string Host = """
        (component $host
          (core module $m (global $n (mut i32) (i32.const 0))
            (func (export "add") (param i32) (result i32)
              (global.set $n (i32.add (global.get $n) (local.get 0))) (global.get $n)))
          (core instance $i (instantiate $m))
          (func (export "add") (param "n" u32) (result u32) (canon lift (core func $i "add"))))
        (instance $host (instantiate $host))
        """;

    // A component beside the host, since one around it could not be called by it: the world that a tool would make.
    private static string World(string fields) => $"""
        {Host}
        (component $app
          (import "add" (func $host-add (param "n" u32) (result u32)))
          {fields}
          (func (export "init") (canon lift (core func $main "init")))
          (func (export "get") (result u32) (canon lift (core func $main "get"))))
        (instance $app (instantiate $app (with "add" (func $host "add"))))
        (func (export "init") (alias export $app "init"))
        (func (export "get") (alias export $app "get"))
        """;

    private const string Shim = """
        (core module $shim
          (type $f (func (param i32) (result i32)))
          (table $t (export "$imports") 2 2 funcref)
          (func (export "0") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0) (i32.const 0)))
          (func (export "1") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0) (i32.const 1))))
        """;

    private const string Fixup = """
        (import "" "0" (func $0 (param i32) (result i32))) (import "" "1" (func $1 (param i32) (result i32)))
        (import "" "$imports" (table 2 2 funcref)) (import "" "start" (func $start))
        """;

    private const string FixupArguments = """
        (with "" (instance (export "0" (func $adapter "write")) (export "1" (func $lowered))
          (export "$imports" (table $shim "$imports")) (export "start" (func $main "_initialize"))))
        """;

    private static string WitComponent(string name, string fixup) => World($"""
        {Shim}
        (core module $main
          (import "wasi_snapshot_preview1" "write" (func $w (param i32) (result i32)))
          (memory (export "memory") 1) {Main})
        {Adapter}
        (core module $fixup {Fixup} {fixup})
        (core instance $shim (instantiate $shim))
        (core instance $main (instantiate $main (with "wasi_snapshot_preview1" (instance (export "write" (func $shim "0"))))))
        (core instance $adapter (instantiate $adapter
          (with "env" (instance (export "memory" (memory $main "memory")))) (with "host" (instance (export "add" (func $shim "1"))))))
        (core func $lowered (canon lower (func $host-add)))
        {name}
        """);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ComponentShape> All { get; } =
    [
        new(
            "wit-component: segments and start of the fixup",
            WitComponent($"(core instance (instantiate $fixup {FixupArguments}))", "(elem (i32.const 0) func $0 $1) (start $start)"),
            ["get", "get"]),
        new(
            "wit-component: a module of its own for the start",
            WitComponent(
                $"""
                (core instance (instantiate $fixup {FixupArguments}))
                (core module $starter (import "" "" (func $f)) (start $f))
                (core instance (instantiate $starter (with "" (instance (export "" (func $main "_initialize"))))))
                """,
                "(elem (i32.const 0) func $0 $1)"),
            ["get", "get"]),
        new(
            "wit-component: a fixup whose start fills the table",
            WitComponent(
                $"(core instance (instantiate $fixup {FixupArguments}))",
                """
                (elem declare func $0 $1)
                (func $wire (table.set 0 (i32.const 0) (ref.func $0)) (table.set 0 (i32.const 1) (ref.func $1)) (call $start))
                (start $wire)
                """),
            ["get", "get"]),
        new(
            "wit-component: the fixup before the adapter, through a second shim",
            World($"""
                {Shim}
                (core module $main
                  (import "wasi_snapshot_preview1" "write" (func $w (param i32) (result i32)))
                  (memory (export "memory") 1) {Main})
                {Adapter}
                (core module $fixup {Fixup} (elem (i32.const 1) func $1))
                (core module $late (import "" "0" (func $0 (param i32) (result i32))) (import "" "$imports" (table 2 2 funcref))
                  (import "" "start" (func $start)) (elem (i32.const 0) func $0) (start $start))
                (core instance $shim (instantiate $shim))
                (core func $lowered (canon lower (func $host-add)))
                (core instance $main (instantiate $main (with "wasi_snapshot_preview1" (instance (export "write" (func $shim "0"))))))
                (core instance (instantiate $fixup (with "" (instance (export "0" (func $shim "0")) (export "1" (func $lowered))
                  (export "$imports" (table $shim "$imports")) (export "start" (func $main "_initialize"))))))
                (core instance $adapter (instantiate $adapter
                  (with "env" (instance $main)) (with "host" (instance (export "add" (func $shim "1"))))))
                (core instance (instantiate $late (with "" (instance (export "0" (func $adapter "write"))
                  (export "$imports" (table $shim "$imports")) (export "start" (func $main "_initialize"))))))
                """),
            ["get", "get"]),
        new(
            "wit-component: a shim that owns the memory",
            World($"""
                (core module $shim
                  (type $f (func (param i32) (result i32)))
                  (memory (export "memory") 1)
                  (table $t (export "$imports") 2 2 funcref)
                  (func (export "0") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0) (i32.const 0)))
                  (func (export "1") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0) (i32.const 1))))
                (core module $main
                  (import "wasi_snapshot_preview1" "write" (func $w (param i32) (result i32)))
                  (import "env" "memory" (memory 1)) (data (i32.const 8) "main's") {Main})
                {Adapter}
                (core module $fixup {Fixup} (elem (i32.const 0) func $0 $1) (start $start))
                (core instance $shim (instantiate $shim))
                (core instance $main (instantiate $main
                  (with "env" (instance (export "memory" (memory $shim "memory"))))
                  (with "wasi_snapshot_preview1" (instance (export "write" (func $shim "0"))))))
                (core instance $adapter (instantiate $adapter
                  (with "env" (instance (export "memory" (memory $shim "memory")))) (with "host" (instance (export "add" (func $shim "1"))))))
                (core func $lowered (canon lower (func $host-add)))
                (core instance (instantiate $fixup {FixupArguments}))
                """),
            ["get", "get"]),
        new(
            "wit-component: --return-call-ref",
            World($"""
                (core module $shim
                  (type $f (func (param i32) (result i32)))
                  (func $trap (type $f) unreachable)
                  (elem declare func $trap)
                  (global $0 (export "g0") (mut (ref $f)) (ref.func $trap))
                  (global $1 (export "g1") (mut (ref $f)) (ref.func $trap))
                  (func (export "0") (param i32) (result i32) (return_call_ref $f (local.get 0) (global.get $0)))
                  (func (export "1") (param i32) (result i32) (return_call_ref $f (local.get 0) (global.get $1))))
                (core module $main
                  (import "wasi_snapshot_preview1" "write" (func $w (param i32) (result i32)))
                  (memory (export "memory") 1) {Main})
                {Adapter}
                (core module $fixup
                  (type $other (func))
                  (type $f (func (param i32) (result i32)))
                  (import "" "0" (func $0 (type $f))) (import "" "1" (func $1 (type $f))) (import "" "start" (func $start))
                  (import "" "g0" (global $g0 (mut (ref $f)))) (import "" "g1" (global $g1 (mut (ref $f))))
                  (elem declare func $0 $1)
                  (func $wire (global.set $g0 (ref.func $0)) (global.set $g1 (ref.func $1)) (call $start))
                  (start $wire))
                (core instance $shim (instantiate $shim))
                (core instance $main (instantiate $main (with "wasi_snapshot_preview1" (instance (export "write" (func $shim "0"))))))
                (core instance $adapter (instantiate $adapter
                  (with "env" (instance $main)) (with "host" (instance (export "add" (func $shim "1"))))))
                (core func $lowered (canon lower (func $host-add)))
                (core instance (instantiate $fixup (with "" (instance (export "0" (func $adapter "write")) (export "1" (func $lowered))
                  (export "g0" (global $shim "g0")) (export "g1" (global $shim "g1")) (export "start" (func $main "_initialize"))))))
                """),
            ["get", "get"]),
        new("shared-everything linking", SharedEverything(""), ["get", "get", "through-table"]),
        new(
            "componentize-py: an interface whose function takes the name of the application",
            SharedEverything("""
                (component $initializer
                  (import "f" (func $f (param "app-name" string) (param "symbols" (list u32)) (param "stub-wasi" bool)
                    (result (result (error string)))))
                  (export "init" (func $f)))
                (func $load (param "app-name" string) (param "symbols" (list u32)) (param "stub-wasi" bool) (result (result (error string)))
                  (canon lift (core func $python "load") (memory (core memory $env "memory")) (realloc (core func $libc "realloc"))))
                (instance $initializer (instantiate $initializer (with "f" (func $load))))
                (export "componentize:init/exports@0.1.0" (instance $initializer))
                """),
            ["get", "get", "through-table"],
            "componentize:init/exports.init@0.1.0(\"app\", [1, 2, 3], true)"),
        new("wac: composed once", Composition(instances: 1), ["get-0", "get-0"]),
        new("wac: composed several times, with resources across", Composition(instances: 3), ["get-0", "get-1", "get-2", "get-2", "get-0"]),
        new("a component whose own resources outlive the initialization", Keeper, ["get", "next", "next", "get"]),
    ];

    // Two that stay, with a place between them that is free.
    private const string Keeper = """
        (type $r (resource (rep i32)))
        (core func $new (canon resource.new $r)) (core func $drop (canon resource.drop $r)) (core func $rep (canon resource.rep $r))
        (core module $m
          (import "" "new" (func $new (param i32) (result i32))) (import "" "drop" (func $drop (param i32)))
          (import "" "rep" (func $rep (param i32) (result i32)))
          (global $a (mut i32) (i32.const 0)) (global $b (mut i32) (i32.const 0))
          (func (export "init") (local $x i32)
            (global.set $a (call $new (i32.const 10)))
            (local.set $x (call $new (i32.const 100)))
            (global.set $b (call $new (i32.const 30)))
            (call $drop (local.get $x)))
          (func (export "get") (result i32) (i32.add (call $rep (global.get $a)) (call $rep (global.get $b))))
          (func (export "next") (result i32) (call $new (i32.const 7))))
        (core instance $i (instantiate $m (with "" (instance
          (export "new" (func $new)) (export "drop" (func $drop)) (export "rep" (func $rep))))))
        (func (export "init") (canon lift (core func $i "init")))
        (func (export "get") (result u32) (canon lift (core func $i "get")))
        (func (export "next") (result u32) (canon lift (core func $i "next")))
        """;

    // An env module has memory, table and the globals of dynamic linking; libraries put data and functions where it says, and a last
    // module relocates and runs constructors when it starts.
    private static string SharedEverything(string more) => $"""
        (core module $env
          (memory (export "memory") 2)
          (table (export "__indirect_function_table") 4 funcref)
          (tag (export "__cpp_exception") (param i32))
          (global (export "__stack_pointer") (mut i32) (i32.const 65536))
          (global (export "libc:memory_base") i32 (i32.const 70000)) (global (export "python:memory_base") i32 (i32.const 71000))
          (global (export "libc:table_base") i32 (i32.const 1)) (global (export "python:table_base") i32 (i32.const 2))
          (global (export "GOT.mem:counter") (mut i32) (i32.const 0))
          (global (export "GOT.func:callback") (mut i32) (i32.const 0)))
        (core module $libc
          (import "env" "memory" (memory 1)) (import "env" "__indirect_function_table" (table 0 funcref))
          (import "env" "__memory_base" (global $base i32)) (import "env" "__table_base" (global $table i32))
          (global $heap (mut i32) (i32.const 80000))
          (data (global.get $base) "libc's data")
          (elem (global.get $table) func $one)
          (func $one (result i32) (i32.const 1))
          (func (export "realloc") (param i32 i32 i32 i32) (result i32)
            (global.get $heap) (global.set $heap (i32.add (global.get $heap) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -8)))))
          (func (export "__wasm_apply_data_relocs") (i32.store (i32.add (global.get $base) (i32.const 16)) (global.get $base))))
        (core module $python
          (type $f (func (result i32)))
          (import "env" "memory" (memory 1)) (import "env" "__indirect_function_table" (table 0 funcref))
          (import "env" "__memory_base" (global $base i32)) (import "env" "__table_base" (global $table i32))
          (import "env" "__stack_pointer" (global $sp (mut i32))) (import "env" "__cpp_exception" (tag $e (param i32)))
          (import "GOT.mem" "counter" (global $counter (mut i32))) (import "GOT.func" "callback" (global $callback (mut i32)))
          (global (export "counter") i32 (i32.const 32))
          (global $callback-at (export "callback") i32 (i32.const 0))
          (elem (global.get $table) func $hundred)
          (data (global.get $base) "python's data")
          (func $hundred (result i32) (i32.const 100))
          (func $loaded (export "loaded") (result i32) (i32.const 1000))
          (func $raise (throw $e (i32.load (global.get $counter))))
          (func (export "__wasm_call_ctors") (i32.store (global.get $counter) (i32.add (i32.load (global.get $counter)) (i32.const 1))))
          (func (export "init")
            (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
            (table.set 0 (table.grow 0 (ref.null func) (i32.const 2)) (ref.func $loaded))
            (i32.store (global.get $counter) (i32.add (i32.load (global.get $counter)) (i32.const 7)))
            (global.set $sp (i32.add (global.get $sp) (i32.const 16))))
          (func (export "load") (param i32 i32 i32 i32 i32) (result i32)
            (table.set 0 (i32.const 3) (ref.func $loaded))
            (i32.store (global.get $counter)
              (i32.add (i32.load (global.get $counter)) (i32.add (local.get 1) (i32.load offset=8 (local.get 2)))))
            (i32.const 1024))
          (elem declare func $loaded)
          (func (export "get") (result i32)
            (i32.store (global.get $counter) (i32.add (i32.load (global.get $counter)) (i32.const 1)))
            (block $caught (result i32) (try_table (result i32) (catch $e $caught) (call $raise) (i32.const 0))))
          (func (export "through-table") (result i32) (local $i i32) (local $sum i32)
            (loop $next
              (if (i32.eqz (ref.is_null (table.get 0 (local.get $i))))
                (then (local.set $sum (i32.add (local.get $sum) (call_indirect 0 (type $f) (local.get $i))))))
              (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (table.size 0))))
            (i32.add (i32.mul (i32.const 10000) (table.size 0)) (local.get $sum))))
        (core module $linker
          (import "env" "GOT.mem:counter" (global $counter (mut i32))) (import "env" "GOT.func:callback" (global $callback (mut i32)))
          (import "env" "python:memory_base" (global $base i32)) (import "env" "python:table_base" (global $table i32))
          (import "python" "counter" (global $counter-at i32)) (import "python" "callback" (global $callback-at i32))
          (import "libc" "__wasm_apply_data_relocs" (func $relocate)) (import "python" "__wasm_call_ctors" (func $construct))
          (func $start
            (global.set $counter (i32.add (global.get $base) (global.get $counter-at)))
            (global.set $callback (i32.add (global.get $table) (global.get $callback-at)))
            (call $relocate) (call $construct))
          (start $start))
        (core instance $env (instantiate $env))
        (core instance $libc (instantiate $libc (with "env" (instance
          (export "memory" (memory $env "memory")) (export "__indirect_function_table" (table $env "__indirect_function_table"))
          (export "__memory_base" (global $env "libc:memory_base")) (export "__table_base" (global $env "libc:table_base"))))))
        (core instance $python (instantiate $python
          (with "env" (instance
            (export "memory" (memory $env "memory")) (export "__indirect_function_table" (table $env "__indirect_function_table"))
            (export "__memory_base" (global $env "python:memory_base")) (export "__table_base" (global $env "python:table_base"))
            (export "__stack_pointer" (global $env "__stack_pointer")) (export "__cpp_exception" (tag $env "__cpp_exception"))))
          (with "GOT.mem" (instance (export "counter" (global $env "GOT.mem:counter"))))
          (with "GOT.func" (instance (export "callback" (global $env "GOT.func:callback"))))))
        (core instance (instantiate $linker (with "env" (instance $env)) (with "libc" (instance $libc)) (with "python" (instance $python))))
        (func (export "init") (canon lift (core func $python "init")))
        (func (export "get") (result u32) (canon lift (core func $python "get")))
        (func (export "through-table") (result u32) (canon lift (core func $python "through-table")))
        {more}
        """;

    // Whole components inside: a provider with a resource of its own, and users of it, each with one or more of them.
    private static string Composition(int instances)
    {
        IEnumerable<int> all = Enumerable.Range(0, instances);
        return $"""
            (component $provider
              (type $r (resource (rep i32)))
              (export $counter "counter" (type $r))
              (core module $m
                (import "" "new" (func $new (param i32) (result i32)))
                (memory (export "memory") 1)
                (global $next (mut i32) (i32.const 8))
                (func (export "make") (param i32) (result i32)
                  (i32.store (global.get $next) (local.get 0))
                  (call $new (global.get $next))
                  (global.set $next (i32.add (global.get $next) (i32.const 4))))
                (func (export "next") (param i32) (result i32)
                  (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const 1)))
                  (i32.add (i32.mul (i32.const 1000) (global.get $next)) (i32.load (local.get 0)))))
              (core func $new (canon resource.new $r))
              (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
              (func (export "make") (param "from" u32) (result (own $counter)) (canon lift (core func $i "make")))
              (func (export "next") (param "self" (borrow $counter)) (result u32) (canon lift (core func $i "next"))))
            (component $user
              (import "p" (instance $p (export "counter" (type $c (sub resource)))
                (export "make" (func (param "from" u32) (result (own $c)))) (export "next" (func (param "self" (borrow $c)) (result u32)))))
              (alias export $p "counter" (type $c))
              (core func $make (canon lower (func $p "make"))) (core func $next (canon lower (func $p "next")))
              (core func $drop (canon resource.drop $c))
              (core module $m
                (import "" "make" (func $make (param i32) (result i32))) (import "" "next" (func $next (param i32) (result i32)))
                (import "" "drop" (func $drop (param i32)))
                (global $sum (mut i32) (i32.const 0))
                (func $use (export "use") (param i32) (local $c i32)
                  (local.set $c (call $make (local.get 0)))
                  (global.set $sum (i32.add (global.get $sum) (i32.add (call $next (local.get $c)) (call $next (local.get $c)))))
                  (call $drop (local.get $c)))
                (func (export "get") (result i32) (call $use (i32.const 1)) (global.get $sum)))
              (core instance $i (instantiate $m (with "" (instance
                (export "make" (func $make)) (export "next" (func $next)) (export "drop" (func $drop))))))
              (func (export "use") (param "from" u32) (canon lift (core func $i "use")))
              (func (export "get") (result u32) (canon lift (core func $i "get"))))
            (component $driver
              {string.Concat(all.Select(i => $"(import \"use-{i}\" (func $use-{i} (param \"from\" u32)))"))}
              {string.Concat(all.Select(i => $"(core func $use-{i} (canon lower (func $use-{i})))"))}
              (core module $m
                {string.Concat(all.Select(i => $"(import \"\" \"use-{i}\" (func $use-{i} (param i32)))"))}
                (func (export "init") {string.Concat(all.Select(i => $"(call $use-{i} (i32.const {10 * i + 10}))"))}))
              (core instance $i (instantiate $m (with "" (instance
                {string.Concat(all.Select(i => $"(export \"use-{i}\" (func $use-{i}))"))}))))
              (func (export "init") (canon lift (core func $i "init"))))
            (instance $shared (instantiate $provider))
            (instance $own (instantiate $provider))
            {string.Concat(all.Select(i => $"(instance $user-{i} (instantiate $user (with \"p\" (instance {(i == 0 ? "$own" : "$shared")}))))"))}
            (instance $driver (instantiate $driver {string.Concat(all.Select(i => $"(with \"use-{i}\" (func $user-{i} \"use\"))"))}))
            (func (export "init") (alias export $driver "init"))
            {string.Concat(all.Select(i => $"(func (export \"get-{i}\") (alias export $user-{i} \"get\"))"))}
            """;
    }
}
