;; $ wizer feature-multi-value.wat -o {out}
;; $ wizer feature-multi-value.wat --wasm-multi-value=false
(module
  (func (result i32 i32) (i32.const 1) (i32.const 2))
  (func (export "wizer-initialize")))
