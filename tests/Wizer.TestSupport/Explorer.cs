using System.Globalization;
using System.Text;

namespace Wizer.TestSupport;

/// <summary>Makes modules that do with files what a list of steps says, through preview 1; the first preopen is where they begin.</summary>
public static class Explorer
{
    private const string Frame = """
        (module
          (import "wasi_snapshot_preview1" "path_open"
            (func $path-open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $fd-read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $fd-write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_seek" (func $fd-seek (param i32 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_close" (func $fd-close (param i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_readdir" (func $fd-readdir (param i32 i32 i32 i64 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_filestat_get" (func $filestat (param i32 i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_readlink" (func $readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (memory (export "memory") 4)
          (global $fd (mut i32) (i32.const -1))
          (func $vector (param $byteLength i32)
            (i32.store (i32.const 2000) (i32.const 65536)) (i32.store (i32.const 2004) (local.get $byteLength)))
          (func $open (param $at i32) (param $length i32) (param $flags i32) (param $rights i64)
            (global.set $fd (i32.const -1))
            (if (i32.eqz (call $path-open (i32.const 3) (i32.const 1) (local.get $at) (local.get $length) (local.get $flags)
                (local.get $rights) (local.get $rights) (i32.const 0) (i32.const 2008)))
              (then (global.set $fd (i32.load (i32.const 2008))))))
          (func $read (param $fd i32) (param $byteLength i32)
            (call $vector (local.get $byteLength))
            (drop (call $fd-read (local.get $fd) (i32.const 2000) (i32.const 1) (i32.const 2012))))
          (func $write (param $fd i32)
            (call $vector (i32.const 3))
            (i32.store (i32.const 65536) (i32.const 0x0a797865))
            (drop (call $fd-write (local.get $fd) (i32.const 2000) (i32.const 1) (i32.const 2012))))
          (func $list
            (drop (call $fd-readdir (global.get $fd) (i32.const 65536) (i32.const 10000) (i64.const 0) (i32.const 2012))))
        """;

    /// <summary>
    /// A module for steps, separated by semicolons: <c>open NAME</c>, <c>edit NAME</c> (to read and write), <c>create NAME</c>,
    /// <c>truncate NAME</c>, <c>opendir NAME</c>, <c>read COUNT</c>, <c>skip COUNT</c>, <c>write</c>, <c>close</c>, <c>list</c>,
    /// <c>stat NAME</c>, <c>lstat NAME</c>, <c>readlink NAME</c>, <c>unlink NAME</c>, <c>mkdir NAME</c>, <c>rename NAME NAME</c>,
    /// <c>environ</c>, <c>clock</c>, <c>random</c>, <c>stdin COUNT</c>, <c>print</c>, <c>fail</c>.
    /// </summary>
    public static string Text(string steps)
    {
        var data = new StringBuilder();
        var code = new StringBuilder();
        int end = 0;
        foreach (string step in steps.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = step.Split(' ');
            string[] names = [.. words[1..].Select(Add)];
            string count = words.Length > 1 && int.TryParse(words[1], out int number) ? number.ToString(CultureInfo.InvariantCulture) : "0";
            code.Append("    ").Append(words[0] switch
            {
                "open" => $"(call $open {names[0]} (i32.const 0) (i64.const 2))",
                "edit" => $"(call $open {names[0]} (i32.const 0) (i64.const 66))",
                "create" => $"(call $open {names[0]} (i32.const 1) (i64.const 66))",
                "truncate" => $"(call $open {names[0]} (i32.const 8) (i64.const 66))",
                "opendir" => $"(call $open {names[0]} (i32.const 2) (i64.const 16384))",
                "read" => $"(call $read (global.get $fd) (i32.const {count}))",
                "skip" => $"(drop (call $fd-seek (global.get $fd) (i64.const {count}) (i32.const 1) (i32.const 2016)))",
                "write" => "(call $write (global.get $fd))",
                "print" => "(call $write (i32.const 1))",
                "close" => "(drop (call $fd-close (global.get $fd)))",
                "list" => "(call $list)",
                "stat" => $"(drop (call $filestat (i32.const 3) (i32.const 1) {names[0]} (i32.const 65536)))",
                "lstat" => $"(drop (call $filestat (i32.const 3) (i32.const 0) {names[0]} (i32.const 65536)))",
                "readlink" => $"(drop (call $readlink (i32.const 3) {names[0]} (i32.const 65536) (i32.const 100) (i32.const 2012)))",
                "unlink" => $"(drop (call $unlink (i32.const 3) {names[0]}))",
                "mkdir" => $"(drop (call $mkdir (i32.const 3) {names[0]}))",
                "rename" => $"(drop (call $rename (i32.const 3) {names[0]} (i32.const 3) {names[1]}))",
                "environ" => "(drop (call $environ (i32.const 2012) (i32.const 2016)))",
                "clock" => "(drop (call $clock (i32.const 0) (i64.const 0) (i32.const 2016)))",
                "random" => "(drop (call $random (i32.const 2016) (i32.const 8)))",
                "stdin" => $"(call $read (i32.const 0) (i32.const {count}))",
                "fail" => "(unreachable)",
                _ => throw new ArgumentException(step),
            }).Append('\n');
        }

        return $"{Frame}\n  (data (i32.const 0) \"{data}\")\n  (func (export \"wizer-initialize\")\n{code}  ))";

        string Add(string name)
        {
            int length = Encoding.UTF8.GetByteCount(name);
            data.Append(name);
            end += length;
            return $"(i32.const {end - length}) (i32.const {length})";
        }
    }
}
