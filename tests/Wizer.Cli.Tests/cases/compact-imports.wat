;; $ wizer compact-imports.wat -o {out}
;; $ wizer compact-imports.wat --wasm-compact-imports=false
;; $ wizer inspect compact-imports.wat
(module
  (import "env" (item "a" (func $a)) (item "b" (func (result i32))))
  (import "env" (item "c") (item "d") (func (param i32)))
  (memory (export "memory") 1)
  (func (export "wizer-initialize")
    (i32.store (i32.const 16) (i32.const 0x64636261)))
  (func (export "go") (call $a) (call 2 (call 1))))
