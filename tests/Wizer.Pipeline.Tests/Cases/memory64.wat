;; Addresses of a 64-bit memory are i64.
(module
  (memory i64 1 10)
  (memory 1)
  (func (export "wizer-initialize")
    (i64.store (i64.const 40000) (i64.const 0x1122334455667788))
    (drop (memory.grow (i64.const 2)))
    (i32.store8 1 (i32.const 60000) (i32.const 1))))
