;; Mutable globals get the values they had; immutable ones stay.
(module
  (global $a (mut i32) (i32.const 0))
  (global $fixed i32 (i32.const 42))
  (global $b (mut i64) (i64.const -1))
  (global $c (mut f32) (f32.const 1.5))
  (global $d (mut f64) (f64.const 0))
  (global $never (mut i64) (i64.const 0x7fffffffffffffff))
  (func (export "wizer-initialize")
    (global.set $a (i32.const -7))
    (global.set $b (i64.const 0x123456789abcdef))
    (global.set $c (f32.const nan:0x200001))
    (global.set $d (f64.const -0)))
  (func (export "sum") (result i32) (i32.add (global.get $a) (global.get $fixed))))
