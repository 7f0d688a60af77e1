;; The minimum becomes the size the memory had; the maximum stays.
(module
  (memory (export "memory") 1 200)
  (func (export "wizer-initialize")
    (drop (memory.grow (i32.const 149)))
    (i32.store (i32.const 9830396) (i32.const 0x01020304))))
