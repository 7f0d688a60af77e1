;; The start function has run and is gone.
(module
  (memory 1)
  (global $g (mut i32) (i32.const 1))
  (func $start (i32.store8 (i32.const 100) (i32.const 5)) (global.set $g (i32.const 2)))
  (func (export "wizer-initialize") (global.set $g (i32.mul (global.get $g) (i32.const 10))))
  (func (export "get") (result i32) (global.get $g))
  (start $start))
