;; $ wizer imported-state.wat
(module
  (import "env" "memory" (memory 1))
  (func (export "wizer-initialize")))
