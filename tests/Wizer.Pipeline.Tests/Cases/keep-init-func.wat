;; wizer: --keep-init-func -r start=wizer-initialize
;; The kept init function can be renamed; `_initialize` is never kept.
(module
  (global $g (mut i32) (i32.const 0))
  (func (export "_initialize") (global.set $g (i32.const 4)))
  (func (export "wizer-initialize") (global.set $g (i32.add (global.get $g) (i32.const 1)))))
