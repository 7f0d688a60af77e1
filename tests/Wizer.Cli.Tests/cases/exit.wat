;; $ wizer exit.wat --allow-wasi
;; $ wizer exit.wat --allow-wasi -f exit-3
;; $ wizer exit.wat --allow-wasi --allow-exit-zero
;; $ wizer exit.wat --allow-wasi --allow-exit-zero -f exit-3
;; $ wizer exit.wat --allow-exit-zero
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $well (export "wizer-initialize") (call $exit (i32.const 0)))
  (func $badly (export "exit-3") (call $exit (i32.const 3))))
