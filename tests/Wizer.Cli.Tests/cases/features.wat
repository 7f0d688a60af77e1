;; $ wizer features.wat -o {out}
;; $ wizer features.wat --wasm-multi-memory=false
;; $ wizer features.wat --wasm-simd=false
;; $ wizer features.wat --wasm-simd=false --wasm-relaxed-simd=false -o {out}
(module
  (memory 1)
  (memory 1)
  (func (export "wizer-initialize") (i32.store8 1 (i32.const 3) (i32.const 4))))
