;; A call of a small function, 400 million times.
(module
  (global $sum (mut i32) (i32.const 0))
  (func $mix (param i32 i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 31)) (local.get 1)))
  (func (export "wizer-initialize") (local $at i32) (local $value i32)
    (loop $more
      (local.set $value (call $mix (local.get $value) (local.get $at)))
      (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 400000000))))
    (global.set $sum (local.get $value)))
  (func (export "sum") (result i32) (global.get $sum)))
