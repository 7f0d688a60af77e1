;; $ wizer compat wasmtime wizer -S cli -S inherit-env -W bulk-memory -W unknown-imports-trap --dir dirs/inner -o {out} compat-wasmtime.wat
;; $ wizer compat wasmtime -Scli,inherit-env=n -Wunknown-imports-trap,timeout=30s --dir dirs/inner::/other --keep-init-func=true compat-wasmtime.wat -o {out}
;; $ wizer compat wasmtime wizer compat-wasmtime.wat
;; $ wizer compat wasmtime wizer -S cli compat-wasmtime.wat
;; $ wizer compat wasmtime wizer -W unknown-imports-default -O opt-level=0 -C cache=n -D debug-info compat-wasmtime.wat -o {out}
;; $ wizer compat wasmtime wizer -S cli -W unknown-imports-trap,bulk-memory=n compat-wasmtime.wat
;; $ wizer compat wasmtime wizer -S cly compat-wasmtime.wat
;; $ wizer compat wasmtime wizer -S inherit-network compat-wasmtime.wat
;; $ wizer compat wasmtime wizer -S cli=maybe compat-wasmtime.wat
;; $ wizer compat wasmtime wizer -W fuel=1000 compat-wasmtime.wat
;; $ wizer compat wasmtime wizer -W timeout compat-wasmtime.wat
;; $ wizer compat wasmtime wizer -W all-proposals=n compat-wasmtime.wat
;; $ wizer compat wasmtime wizer --allow-wasi compat-wasmtime.wat
;; $ wizer compat wasmtime wizer --config file compat-wasmtime.wat
;; $ wizer compat
;; $ wizer compat original

;; The options of `wasmtime wizer`.
(module
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $name (param i32 i32 i32) (result i32)))
  (import "host" "missing" (func $missing (result i32)))
  (memory (export "memory") 1)
  (global $result (export "result") (mut i32) (i32.const -1))
  (func (export "wizer-initialize")
    (memory.fill (i32.const 64) (i32.const 65) (i32.const 3))
    (global.set $result (call $name (i32.const 3) (i32.const 0) (i32.const 16))))
  (func (export "run") (result i32) (call $missing)))
