;; $ wizer wasi-env.wat --allow-wasi
;; $ wizer wasi-env.wat --allow-wasi --inherit-env=false
;; $ wizer wasi-env.wat --allow-wasi --inherit-env
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $has-arguments (mut i32) (i32.const -1))
  (global $has-environment (mut i32) (i32.const -1))
  (func (export "wizer-initialize")
    (drop (call $args (i32.const 0) (i32.const 4)))
    (global.set $has-arguments (i32.ne (i32.load (i32.const 0)) (i32.const 0)))
    (drop (call $environ (i32.const 0) (i32.const 4)))
    (global.set $has-environment (i32.ne (i32.load (i32.const 0)) (i32.const 0)))
    (i64.store (i32.const 0) (i64.const 0))))
