;; $ wizer table-unused.wat
;; $ wizer table-unused.wat --layout compatible

;; A table for the host, as wasm-bindgen makes them; the initialization does not touch it.
(module
  (table $objects (export "objects") 4 externref)
  (memory 1)
  (func (export "wizer-initialize") (i32.store (i32.const 8) (i32.const 77)))
  (func (export "put") (param i32 externref) (table.set $objects (local.get 0) (local.get 1))))
