;; $ wizer unknown-import.wat
;; $ wizer unknown-import.wat -f quiet
;; $ wizer unknown-import.wat -f random
;; $ wizer unknown-import.wat -f random --allow-wasi
(module
  (import "env" "answer" (func $answer (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "wizer-initialize") (drop (call $answer)))
  (func (export "quiet"))
  (func (export "random") (drop (call $random (i32.const 0) (i32.const 0)))))
