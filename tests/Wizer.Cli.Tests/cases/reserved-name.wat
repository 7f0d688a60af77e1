;; $ wizer reserved-name.wat
(module
  (func (export "wizer-initialize"))
  (func (export "__wizer_memory_0")))
