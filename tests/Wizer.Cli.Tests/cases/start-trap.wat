;; $ wizer start-trap.wat
(module
  (func $begin unreachable)
  (start $begin)
  (func (export "wizer-initialize")))
