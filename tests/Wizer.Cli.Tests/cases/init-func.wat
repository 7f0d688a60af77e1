;; $ wizer init-func.wat
;; $ wizer init-func.wat --init-func=
;; $ wizer init-func.wat -f memory
;; $ wizer init-func.wat -f takes-one
;; $ wizer init-func.wat --init-func init
(module
  (memory (export "memory") 1)
  (func (export "takes-one") (param i32))
  (func (export "init")))
