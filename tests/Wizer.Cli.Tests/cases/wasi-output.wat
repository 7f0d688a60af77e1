;; $ wizer wasi-output.wat --allow-wasi -o {out}
;; $ wizer wasi-output.wat --allow-wasi -o {out} --inherit-stdio=false
;; $ wizer wasi-output.wat --allow-wasi -o {out} --inherit-stdio false -f read
;; $ wizer wasi-output.wat --allow-wasi -o {out} -f read
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "hello\n")
  (func (export "wizer-initialize")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "read")
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))))
