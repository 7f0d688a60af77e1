;; Active segments become empty passive ones, passive ones stay, new ones follow, and the count is right.
(module
  (memory (export "memory") 1)
  (data $active (i32.const 16) "active")
  (data $passive "passive bytes")
  (data $other (i32.const 32768) "far away")
  (func (export "wizer-initialize")
    (memory.init $passive (i32.const 64) (i32.const 0) (i32.const 7))
    (i32.store8 (i32.const 17) (i32.const 0x43)))
  (func (export "again") (param i32)
    (memory.init $passive (local.get 0) (i32.const 0) (i32.const 13))))
