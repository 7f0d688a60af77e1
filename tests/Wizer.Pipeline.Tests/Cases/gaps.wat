;; A gap of four bytes is closed, one of five is not, also across pages.
(module
  (memory 3)
  (func $set (param i32) (i32.store8 (local.get 0) (i32.const 1)))
  (func (export "wizer-initialize")
    (call $set (i32.const 0)) (call $set (i32.const 5)) (call $set (i32.const 11)) (call $set (i32.const 12))
    (call $set (i32.const 65533)) (call $set (i32.const 65538)) (call $set (i32.const 65544))
    (call $set (i32.const 131070)) (call $set (i32.const 131076)) (call $set (i32.const 196607))))
