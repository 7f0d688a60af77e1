;; $ wizer wasi-args.wat --allow-wasi
;; $ wizer wasi-args.wat --allow-wasi --arg prog --arg=-x --arg '' --arg 'with space'
;; $ wizer wasi-args.wat --allow-wasi --env B=1 --env A=x=y --env E=
;; $ wizer wasi-args.wat --allow-wasi --env B=1 --env A=2 --env B=3
;; $ wizer wasi-args.wat --allow-wasi --env WIZER_TEST --env WIZER_IS_NOT_SET
;; $ wizer wasi-args.wat --allow-wasi --env A=1 --env WIZER_IS_NOT_SET=2 --env WIZER_IS_NOT_SET
;; $ wizer wasi-args.wat --arg prog --env A=1 -f nothing

;; The texts end up at 64 (arguments) and 256 (variables); the counts are globals.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args-sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ-sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $argument-count (mut i32) (i32.const -1))
  (global $variable-count (mut i32) (i32.const -1))
  (func (export "nothing"))
  (func (export "wizer-initialize")
    (drop (call $args-sizes (i32.const 0) (i32.const 4)))
    (global.set $argument-count (i32.load (i32.const 0)))
    (drop (call $args (i32.const 0) (i32.const 64)))
    (drop (call $environ-sizes (i32.const 0) (i32.const 4)))
    (global.set $variable-count (i32.load (i32.const 0)))
    (drop (call $environ (i32.const 0) (i32.const 256)))
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 64))))
