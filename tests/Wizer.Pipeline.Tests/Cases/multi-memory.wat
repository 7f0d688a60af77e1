;; Segments come by memory, then by address.
(module
  (memory $a 1)
  (memory $b (export "b") 1 4)
  (memory $c 0)
  (data (memory $b) (i32.const 8) "bee")
  (func (export "wizer-initialize")
    (i32.store $b (i32.const 1024) (i32.const 0xbb))
    (i32.store $a (i32.const 2048) (i32.const 0xaa))
    (drop (memory.grow $c (i32.const 2)))
    (i32.store8 $c (i32.const 131071) (i32.const 0xcc))))
