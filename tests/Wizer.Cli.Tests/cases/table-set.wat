;; $ wizer table-set.wat
;; $ wizer table-set.wat --layout compatible

;; What the run did to the table decides; the original looks for the instruction only.
(module
  (table 4 funcref)
  (func $f (export "wizer-initialize") (table.set (i32.const 3) (ref.func $f))))
