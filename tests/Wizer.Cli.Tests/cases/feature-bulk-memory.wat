;; $ wizer feature-bulk-memory.wat --wasm-bulk-memory
;; $ wizer feature-bulk-memory.wat --wasm-bulk-memory false
(module
  (memory 1)
  (func (export "wizer-initialize") (memory.fill (i32.const 5) (i32.const 6) (i32.const 7))))
