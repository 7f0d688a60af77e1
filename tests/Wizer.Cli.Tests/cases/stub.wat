;; $ wizer stub.wat --stub env
;; $ wizer stub.wat --stub env=zero
;; $ wizer stub.wat --stub env=zero --stub env
;; $ wizer stub.wat --stub other=zero
;; $ wizer stub.wat --stub env=zero -f reference
;; $ wizer stub.wat --stub env=zero -f wasi
;; $ wizer stub.wat --stub wasi_snapshot_preview1=zero -f wasi
;; $ wizer stub.wat --stub wasi_snapshot_preview1 --allow-wasi -f wasi
;; $ wizer stub.wat --preload env=preload-answers.wat --stub env=zero
;; $ wizer stub.wat --preload p=preload-needy.wat -f quiet
;; $ wizer stub.wat --preload p=preload-needy.wat --stub env -f quiet
;; $ wizer stub.wat --stub env=one -f quiet

(module
  (import "env" "answer" (func $answer (result i32)))
  (import "env" "pair" (func $pair (param i64 f32) (result i32 f64)))
  (import "env" "nullable" (func $nullable (param i32) (result externref)))
  (import "env" "reference" (func $reference (result (ref extern))))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $number (mut i32) (i32.const -1))
  (global $float (mut f64) (f64.const -1))
  (global $is-null (mut i32) (i32.const -1))
  (func (export "wizer-initialize")
    (call $pair (i64.const -1) (f32.const -1))
    (global.set $float)
    (global.set $number (i32.add (call $answer)))
    (global.set $is-null (ref.is_null (call $nullable (i32.const 7)))))
  (func (export "reference") (drop (call $reference)))
  (func (export "wasi") (global.set $number (call $random (i32.const 0) (i32.const 8))))
  (func (export "quiet")))
