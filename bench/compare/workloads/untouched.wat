;; Grows to 1 GiB and leaves it alone.
(module
  (memory (export "memory") 1)
  (func (export "wizer-initialize")
    (i32.store (i32.const 8) (memory.grow (i32.const 16383))))
  (func (export "at") (param i32) (result i32) (i32.load (local.get 0))))
