;; $ wizer keep-init-func.wat
;; $ wizer keep-init-func.wat --keep-init-func
;; $ wizer keep-init-func.wat --keep-init-func=true
;; $ wizer keep-init-func.wat --keep-init-func=false
(module
  (global (mut i32) (i32.const 1))
  (func (export "wizer-initialize") (global.set 0 (i32.const 2))))
