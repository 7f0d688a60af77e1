;; Reads `settings` in its directory into its memory, and prints a line: a run of it is decided by that file and its options.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "settings")
  (data (i32.const 16) "initialized\n")
  (func $check (param i32) (if (local.get 0) (then unreachable)))
  (func (export "wizer-initialize")
    (call $check (call $path_open
      (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 8) (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 64)))
    (i32.store (i32.const 80) (i32.const 65536)) (i32.store (i32.const 84) (i32.const 65536))
    (call $check (call $fd_read (i32.load (i32.const 64)) (i32.const 80) (i32.const 1) (i32.const 96)))
    (call $check (call $fd_close (i32.load (i32.const 64))))
    (i32.store (i32.const 80) (i32.const 16)) (i32.store (i32.const 84) (i32.const 12))
    (call $check (call $fd_write (i32.const 1) (i32.const 80) (i32.const 1) (i32.const 96)))))
