;; 256 MiB with one word in each page of 64 KiB.
(module
  (memory (export "memory") 4096)
  (func (export "wizer-initialize") (local $at i32)
    (loop $more
      (i64.store offset=72 (local.get $at) (i64.or (i64.extend_i32_u (local.get $at)) (i64.const 0x0100010101010101)))
      (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 0x10000))) (i32.const 0x10000000)))))
  (func (export "at") (param i32) (result i32) (i32.load (local.get 0))))
