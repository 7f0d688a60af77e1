;; Vectors in globals and in memory; the fused result of the relaxed multiplication is the deterministic one.
(module
  (memory 1)
  (global $v (mut v128) (v128.const i32x4 2 3 5 7))
  (global $zero (mut v128) (v128.const i64x2 0 0))
  (global $fixed v128 (v128.const i16x8 1 2 3 4 5 6 7 8))
  (global $fused (mut i32) (i32.const 0))
  (func (export "wizer-initialize") (local $bytes v128)
    (global.set $v (i32x4.mul (global.get $v) (global.get $v)))
    (local.set $bytes (i8x16.swizzle (global.get $v) (global.get $fixed)))
    (v128.store offset=32 (i32.const 0) (i16x8.add (local.get $bytes) (global.get $fixed)))
    (v128.store8_lane offset=100 3 (i32.const 0) (v128.const i8x16 0 0 0 99 0 0 0 0 0 0 0 0 0 0 0 0))
    (global.set $fused
      (i32x4.extract_lane 0
        (f32x4.relaxed_madd (f32x4.splat (f32.const 2796203.5)) (f32x4.splat (f32.const 3)) (f32x4.splat (f32.const 8388611))))))
  (func (export "run") (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 3 (global.get $v)) (global.get $fused))
      (i32x4.extract_lane 1 (i32x4.add (v128.load (i32.const 32)) (v128.load32_zero (i32.const 100)))))))
