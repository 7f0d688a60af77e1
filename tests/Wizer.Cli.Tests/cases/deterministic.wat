;; $ wizer deterministic.wat --allow-wasi
;; $ wizer deterministic.wat --allow-wasi --deterministic
;; $ wizer deterministic.wat --allow-wasi --deterministic --random-seed=1
;; $ wizer deterministic.wat --allow-wasi --deterministic --inherit-env
;; $ wizer deterministic.wat --allow-wasi --inherit-env -f environment
;; $ wizer deterministic.wat --allow-wasi --inherit-env -f nothing
;; $ wizer deterministic.wat --allow-wasi --inherit-env -f both

;; What the machine answers is told on stderr; with --deterministic, the answers are the same on every machine. They are
;; only kept when they are.
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $time (mut i64) (i64.const 0))
  (global $random (mut i64) (i64.const 0))
  (func (export "nothing"))
  (func $environment (export "environment")
    (drop (call $environ (i32.const 16) (i32.const 20)))
    (memory.fill (i32.const 16) (i32.const 0) (i32.const 8)))
  (func (export "both")
    (call $environment)
    (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 0)))
    (i64.store (i32.const 0) (i64.const 0)))
  (func (export "wizer-initialize")
    (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 0)))
    (drop (call $random (i32.const 8) (i32.const 8)))
    (drop (call $random (i32.const 8) (i32.const 8)))
    (if (i64.lt_u (i64.load (i32.const 0)) (i64.const 1000000000000))
      (then
        (global.set $time (i64.load (i32.const 0)))
        (global.set $random (i64.load (i32.const 8)))))
    (i64.store (i32.const 0) (i64.const 0))
    (i64.store (i32.const 8) (i64.const 0))))
