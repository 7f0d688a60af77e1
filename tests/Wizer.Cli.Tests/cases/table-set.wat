;; $ wizer table-set.wat
(module
  (table 1 funcref)
  (func (export "wizer-initialize") (table.set (i32.const 0) (ref.null func))))
