;; `_initialize` runs first.
(module
  (global $g (mut i32) (i32.const 1))
  (func (export "wizer-initialize") (global.set $g (i32.mul (global.get $g) (i32.const 10))))
  (func (export "_initialize") (global.set $g (i32.add (global.get $g) (i32.const 1))))
  (func (export "get") (result i32) (global.get $g)))
