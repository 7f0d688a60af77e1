;; A mutable v128 keeps all of its bytes, and SIMD code stays as it is.
(module
  (memory 1)
  (global $v (mut v128) (v128.const i32x4 0 0 0 0))
  (global $fixed v128 (v128.const i64x2 1 2))
  (func (export "wizer-initialize")
    (global.set $v (i32x4.add (v128.const i32x4 0x01020304 0x05060708 -1 0x7fffffff) (v128.const i32x4 1 1 1 1)))
    (v128.store (i32.const 16) (i8x16.splat (i32.const 0x3c))))
  (func (export "lane") (result i32) (i32x4.extract_lane 3 (global.get $v))))
