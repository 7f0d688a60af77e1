;; $ wizer table-set.wat -o {out}
;; $ wizer table-set.wat --layout compatible

;; What the run did to the table is in the new module; the original looks for the instruction only.
(module
  (table 4 funcref)
  (func $f (export "wizer-initialize") (table.set (i32.const 3) (ref.func $f))))
