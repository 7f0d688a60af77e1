;; 100,000 bytes that are not zero, each 641 bytes from the next.
(module
  (memory (export "memory") 979)
  (func (export "wizer-initialize") (local $at i32)
    (loop $more
      (i32.store8 (local.get $at) (i32.or (local.get $at) (i32.const 1)))
      (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 641))) (i32.const 64100000)))))
  (func (export "at") (param i32) (result i32) (i32.load8_u (local.get 0))))
