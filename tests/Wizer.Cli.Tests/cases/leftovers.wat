;; $ wizer leftovers.wat --allow-wasi -f open --mapdir /conf::dirs -o {out}
;; $ wizer leftovers.wat --allow-wasi -f open --mapdir /conf::dirs --mapdir /run::dirs/inner -o {out}
;; $ wizer leftovers.wat --allow-wasi -f many --mapdir ./::dirs -o {out}
;; $ wizer leftovers.wat --allow-wasi -f closed --mapdir /conf::dirs -o {out}
;; $ wizer leftovers.wat --allow-wasi -f closed -o {out}
;; $ wizer leftovers.wat --allow-wasi -f environment --env A=1 --env B=2 -o {out}
;; $ wizer leftovers.wat --allow-wasi -f environment --env A=1 -o {out}
;; $ wizer leftovers.wat --allow-wasi -f environment -o {out}

;; What the memory of a module has of WASI, and its runs will not find again, is told on stderr.
(module
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path-open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "readme.txt")
  (func $open (param i32 i32)
    (drop (call $path-open (i32.const 3) (i32.const 0) (local.get 0) (local.get 1)
      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 100))))
  (func (export "open")
    (drop (call $name (i32.const 3) (i32.const 200) (i32.const 100)))
    (drop (call $name (i32.const 4) (i32.const 200) (i32.const 100)))
    (call $open (i32.const 0) (i32.const 10)))
  (func (export "many") (local $i i32)
    (loop $again
      (call $open (i32.const 0) (i32.const 10))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 40)))))
  (func (export "environment") (drop (call $environ (i32.const 0) (i32.const 64))))
  (func (export "closed")
    (call $open (i32.const 0) (i32.const 10))
    (drop (call $close (i32.const 4)))))
