;; $ wizer feature-reference-types.wat -o {out}
;; $ wizer feature-reference-types.wat --wasm-reference-types false
(module
  (table 1 externref)
  (func (export "wizer-initialize")))
