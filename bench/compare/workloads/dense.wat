;; 512 MiB without a zero: pseudo-random bytes in the first 64 KiB, then the memory is copied onto itself until it is full.
(module
  (memory (export "memory") 8192)
  (func (export "wizer-initialize") (local $at i32) (local $state i32)
    (local.set $state (i32.const 1))
    (loop $more
      (local.set $state (i32.add (i32.mul (local.get $state) (i32.const 1664525)) (i32.const 1013904223)))
      (i32.store (local.get $at) (i32.or (local.get $state) (i32.const 0x01010101)))
      (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (i32.const 0x10000))))
    (loop $twice
      (memory.copy (local.get $at) (i32.const 0) (local.get $at))
      (br_if $twice (i32.lt_u (local.tee $at (i32.shl (local.get $at) (i32.const 1))) (i32.const 0x20000000)))))
  (func (export "at") (param i32) (result i32) (i32.load (local.get 0))))
