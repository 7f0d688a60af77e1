;; A segment whose length takes two bytes.
(module
  (memory 1)
  (func (export "wizer-initialize") (memory.fill (i32.const 100) (i32.const 0x5a) (i32.const 300))))
