;; Fibonacci's numbers as badly as one can: nothing but calls.
(module
  (global $sum (mut i32) (i32.const 0))
  (func $fib (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else
        (i32.add
          (call $fib (i32.sub (local.get 0) (i32.const 1)))
          (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func (export "wizer-initialize") (global.set $sum (call $fib (i32.const 40))))
  (func (export "sum") (result i32) (global.get $sum)))
