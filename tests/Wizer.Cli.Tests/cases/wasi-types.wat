;; $ wizer wasi-types.wat --allow-wasi -o {out}
;; $ wizer wasi-types.wat --allow-wasi -f other

;; Without BigInt, emscripten imports each 64-bit integer as two halves; any other type makes it a function that nobody provides.
(module
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_tell" (func $tell (param f32) (result i32)))
  (memory (export "memory") 1)
  (global $errno (mut i32) (i32.const -1))
  (func (export "wizer-initialize")
    (global.set $errno (call $seek (i32.const 99) (i32.const 5) (i32.const 1) (i32.const 0) (i32.const 8))))
  (func (export "other") (global.set $errno (call $tell (f32.const 1)))))
