using System.Globalization;
using System.Text;
using Wizer.Engine;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// One of many applications of an engine of the tests: a module that keeps all that it learns from WASI, and that does to itself
/// what its standard input tells it to.
/// </summary>
/// <param name="Script">What to do, a letter each; see the module.</param>
/// <param name="Number">Makes its world another one.</param>
internal sealed record Application(string Script, int Number = 0)
{
    private static readonly string s_wat = $$"""
        (module
          (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (import "stubs" "any" (func $stub (param i32) (result i32)))
          (import "nobody" "this" (func $unknown))
          (import "nobody" "tag" (tag $foreign (param i32)))
          (type $pair (struct (field (mut i32)) (field (mut anyref))))
          (type $bytes (array (mut i8)))
          (type $thunk (func (result i32)))
          (memory (export "memory") 2 40) (memory $second 1 5)
          (table $t 4 50 funcref) (table $host 2 100 externref)
          (tag $own (param i64))
          (global $g (mut i32) (i32.const 5)) (global $v (mut v128) (v128.const i64x2 3 4))
          (global $shared (ref $pair) (struct.new $pair (i32.const 1) (array.new $bytes (i32.const 2) (i32.const 50))))
          (global $kept (mut exnref) (ref.null exn))
          (data (i32.const 16) "file") (data $passive "passive bytes") (data (memory $second) (i32.const 100) "second")
          (elem $functions funcref (ref.func $two))
          (elem (table $t) (i32.const 1) func $one $two)
          (func $one (export "one") (result i32) (i32.const 1))
          (func $two (export "two") (result i32) (i32.const 2))
          (func $check (param i32) (if (local.get 0) (then unreachable)))

          ;; The world: from 1024 on, each answer at a place of its own.
          (func $world
            (call $check (call $args_sizes (i32.const 1024) (i32.const 1028)))
            (call $check (call $args (i32.const 1100) (i32.const 1200)))
            (call $check (call $environ_sizes (i32.const 1032) (i32.const 1036)))
            (call $check (call $environ (i32.const 1400) (i32.const 1500)))
            (call $check (call $time (i32.const 0) (i64.const 0) (i32.const 1040)))
            (call $check (call $time (i32.const 1) (i64.const 0) (i32.const 1048)))
            (call $check (call $random (i32.const 2000) (i32.const 64)))
            (i32.store (i32.const 900) (i32.const 3000)) (i32.store (i32.const 904) (i32.const 100))
            (call $check (call $read (i32.const 0) (i32.const 900) (i32.const 1) (i32.const 1056)))
            (call $check (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 4) (i32.const 0)
              (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 1060)))
            (i32.store (i32.const 900) (i32.const 3200))
            (call $check (call $read (i32.load (i32.const 1060)) (i32.const 900) (i32.const 1) (i32.const 1064)))
            (i32.store (i32.const 900) (i32.const 16)) (i32.store (i32.const 904) (i32.const 4))
            (call $check (call $write (i32.const 1) (i32.const 900) (i32.const 1) (i32.const 1068)))
            (i32.store (i32.const 1072) (call $stub (i32.const 9))))

          ;; What a snapshot holds.
          (func $change
            (drop (memory.grow (i32.const 30))) (memory.fill (i32.const 200000) (i32.const 7) (i32.const 1000000))
            (drop (memory.grow $second (i32.const 4))) (i64.store $second (i32.const 300000) (i64.const -1))
            (global.set $g (i32.const 99)) (global.set $v (v128.const i64x2 -3 -4)))

          ;; What it does not hold.
          (func $spoil
            (table.set $t (i32.const 1) (ref.null func)) (drop (table.grow $t (ref.func $one) (i32.const 40)))
            (table.init $t $functions (i32.const 0) (i32.const 0) (i32.const 1))
            (drop (table.grow $host (ref.null extern) (i32.const 90)))
            (struct.set $pair 0 (global.get $shared) (i32.const 77))
            (struct.set $pair 1 (global.get $shared) (array.new $bytes (i32.const 1) (i32.const 500000)))
            (array.set $bytes (ref.cast (ref $bytes) (struct.get $pair 1 (global.get $shared))) (i32.const 1) (i32.const 66)))
          (func $drop (elem.drop $functions) (data.drop $passive))
          (func $catch (local $i i32)
            (loop $more
              (block $caught (result exnref)
                (try_table (catch_all_ref $caught) (throw $own (i64.const 4)))
                (unreachable))
              (drop)
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10000)))))
          (func $work (local $i i32)
            (loop $more
              (i32.store (i32.const 4096) (i32.add (i32.load (i32.const 4096))
                (call_indirect $t (type $thunk) (i32.add (i32.const 1) (i32.and (local.get $i) (i32.const 1))))))
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20000)))))
          (func $keep (param $at i32)
            (i32.store (local.get $at) (table.size $t))
            (i32.store (i32.add (local.get $at) (i32.const 4)) (memory.size))
            (i32.store (i32.add (local.get $at) (i32.const 8)) (struct.get $pair 0 (global.get $shared)))
            (i32.store (i32.add (local.get $at) (i32.const 12)) (array.len (ref.cast (ref $bytes) (struct.get $pair 1 (global.get $shared)))))
            (i32.store (i32.add (local.get $at) (i32.const 16)) (global.get $g))
            (i64.store $second (local.get $at) (i64.load $second (i32.const 100))))
          (func $deep (param $depth i32)
            (i32.store (i32.const 4100) (local.get $depth)) (call $deep (i32.add (local.get $depth) (i32.const 1))))
          (func $allocate (loop $forever
            (drop (array.new $bytes (i32.const 0) (i32.const 10000))) (i32.store (i32.const 4104) (i32.add (i32.load (i32.const 4104)) (i32.const 1)))
            (br $forever)))

          (func (export "wizer-initialize") (local $at i32) (local $letter i32)
            (call $keep (i32.const 5000))
            (call $world)
            (local.set $at (i32.const 3000))
            (block $done (loop $next
              (local.set $letter (i32.load8_u (local.get $at)))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (br_if $done (i32.eqz (local.get $letter)))
              {{Case('c', "(call $change)")}}
              {{Case('s', "(call $spoil)")}}
              {{Case('d', "(call $drop)")}}
              {{Case('h', "(call $catch)")}}
              {{Case('w', "(call $work)")}}
              {{Case('k', "(call $keep (i32.const 5100))")}}
              {{Case('p', "(memory.init $passive (i32.const 6000) (i32.const 0) (i32.const 13))")}}
              {{Case('T', "(unreachable)")}}
              {{Case('L', "(loop $forever (br $forever))")}}
              {{Case('R', "(call $deep (i32.const 0))")}}
              {{Case('A', "(call $allocate)")}}
              {{Case('E', "(throw $own (i64.const 5))")}}
              {{Case('F', "(throw $foreign (i32.const 5))")}}
              {{Case('O', "(i32.store (i32.const -4) (i32.const 1))")}}
              {{Case('U', "(call $unknown)")}}
              {{Case('X', "(call $exit (i32.const 3))")}}
              {{Case('Z', "(call $exit (i32.const 0))")}}
              (br $next)))
            (call $keep (i32.const 5200))))
        """;

    private static readonly Lazy<byte[]> s_module = new(static () => Modules.Compile(s_wat));

    /// <summary>The engine of them all.</summary>
    public static byte[] Module => s_module.Value;

    /// <summary>Everything that one can do, and every way to end.</summary>
    public static IEnumerable<Application> All
    {
        get
        {
            int number = 0;
            foreach (string script in new[]
            {
                "", "w", "cwk", "dw", "ph", "chd", "swd", "cshT", "T", "cshdL", "wL", "R", "cshR", "cwdA", "A", "cshdE", "F", "csO",
                "wU", "cshdX", "cZ", "csZ", "wwwk",
            })
            {
                yield return new Application(script, number++);
            }
        }
    }

    /// <summary>The world of its own.</summary>
    /// <param name="directory">With a <c>file</c> in it.</param>
    /// <param name="stdin">Wraps its standard input; null for as it is.</param>
    public InitEnvironment CreateEnvironment(string directory, Func<Stream, Stream>? stdin = null)
    {
        Stream input = new MemoryStream(Encoding.UTF8.GetBytes(Script));
        return new InitEnvironment
        {
            AllowExitZero = true,
            Timeout = Script.EndsWith('L') ? TimeSpan.FromMilliseconds(200) : null,
            Stubs = [new ImportStub("stubs", StubKind.Zero)],
            Limits = new EngineOptions { MaxMemoryByteLength = 8 << 20, StackByteLength = 200_000 },
            Deterministic = new DeterministicOptions { RandomSeed = (ulong)Number, UnixSeconds = (ulong)Number },
            Wasi = new WasiOptions
            {
                Arguments = ["program", Script, Number.ToString(CultureInfo.InvariantCulture)],
                Environment = [new WasiVariable("NUMBER", new string('x', Number))],
                Stdin = stdin is null ? input : stdin(input),
                Stdout = new MemoryStream(),
                Preopens = [new WasiPreopen(directory, ".")],
            },
        };
    }

    // One letter of the script.
    private static string Case(char letter, string then) =>
        $"(if (i32.eq (local.get $letter) (i32.const {(int)letter})) (then {then}))";
}
