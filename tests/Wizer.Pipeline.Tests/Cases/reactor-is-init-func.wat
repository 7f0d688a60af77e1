;; wizer: -f _initialize --keep-init-func
;; `_initialize` runs once, also when it is the init function itself, and goes even when that is kept.
(module
  (global $g (mut i32) (i32.const 1))
  (func (export "_initialize") (global.set $g (i32.add (global.get $g) (i32.const 1))))
  (func (export "get") (result i32) (global.get $g)))
