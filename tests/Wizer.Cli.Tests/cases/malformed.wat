;; $ wizer malformed.wat
;; $ wizer -- malformed.wat
(module
  (func (export "wizer-initialize") (i32.plus (i32.const 1) (i32.const 1))))
