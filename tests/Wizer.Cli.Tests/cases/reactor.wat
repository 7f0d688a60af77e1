;; $ wizer reactor.wat
;; $ wizer reactor.wat -f _initialize
;; $ wizer reactor.wat --keep-init-func
(module
  (global $steps (mut i32) (i32.const 1))
  (func (export "_initialize") (global.set $steps (i32.mul (global.get $steps) (i32.const 10))))
  (func (export "wizer-initialize") (global.set $steps (i32.add (global.get $steps) (i32.const 5)))))
