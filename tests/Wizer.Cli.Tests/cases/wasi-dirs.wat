;; $ wizer wasi-dirs.wat --allow-wasi --mapdir guest::dirs/inner --dir dirs/inner --dir . --mapdir dirs -o {out}
;; $ wizer wasi-dirs.wat --allow-wasi -o {out}
;; $ wizer wasi-dirs.wat --allow-wasi --dir missing
;; $ wizer wasi-dirs.wat --allow-wasi --mapdir guest::dirs/readme.txt
;; $ wizer wasi-dirs.wat --dir missing -f quiet -o {out}
(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Writes the name of every directory it was given, a line each, then forgets them.
  (func (export "wizer-initialize") (local $fd i32) (local $length i32)
    (local.set $fd (i32.const 3))
    (block $done
      (loop $next
        (br_if $done (call $prestat (local.get $fd) (i32.const 0)))
        (local.set $length (i32.load (i32.const 4)))
        (drop (call $name (local.get $fd) (i32.const 100) (local.get $length)))
        (i32.store8 (i32.add (i32.const 100) (local.get $length)) (i32.const 10))
        (i32.store (i32.const 16) (i32.const 100))
        (i32.store (i32.const 20) (i32.add (local.get $length) (i32.const 1)))
        (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))
        (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
        (br $next)))
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 256)))
  (func (export "quiet")))
