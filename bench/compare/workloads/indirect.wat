;; The same through a table: 300 million calls of one function, or of two that take turns.
(module
  (type $mix (func (param i32 i32) (result i32)))
  (table funcref (elem $first $second))
  (global $sum (mut i32) (i32.const 0))
  (func $first (type $mix) (i32.add (i32.mul (local.get 0) (i32.const 31)) (local.get 1)))
  (func $second (type $mix) (i32.xor (i32.mul (local.get 0) (i32.const 17)) (local.get 1)))
  (func $run (param $mask i32) (local $at i32) (local $value i32)
    (loop $more
      (local.set $value
        (call_indirect (type $mix) (local.get $value) (local.get $at) (i32.and (local.get $at) (local.get $mask))))
      (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 300000000))))
    (global.set $sum (local.get $value)))
  (func (export "one") (call $run (i32.const 0)))
  (func (export "two") (call $run (i32.const 1)))
  (func (export "sum") (result i32) (global.get $sum)))
