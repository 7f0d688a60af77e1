;; $ wizer invalid.wat
(module
  (func (export "wizer-initialize") (i32.add (i32.const 1))))
