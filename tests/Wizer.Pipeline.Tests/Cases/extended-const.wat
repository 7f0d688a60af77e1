;; Initial values and offsets may be computed.
(module
  (memory 1)
  (global $m (mut i32) (i32.mul (i32.const 1024) (i32.const 2)))
  (global $k i64 (i64.add (i64.const 40) (i64.const 2)))
  (data (i32.add (i32.const 1000) (i32.const 32)) "hello")
  (func (export "wizer-initialize")))
