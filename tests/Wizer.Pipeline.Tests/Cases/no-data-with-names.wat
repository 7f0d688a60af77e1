;; A module without a data section gets one before its names.
(module $named
  (memory $m 1)
  (global $counter (mut i32) (i32.const 0))
  (func $init (export "wizer-initialize") (local $x i32)
    (local.set $x (i32.const 3))
    (i32.store (i32.const 4) (local.get $x))))
