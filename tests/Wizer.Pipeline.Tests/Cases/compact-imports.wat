;; Imports that share a module name, and some a type, stay as they are written.
(module
  (import "env" (item "log" (func $log (param i32))) (item "now" (func $now (result i64))))
  (import "env" (item "a") (item "b") (func (param i32)))
  (import "env" "flush" (func $flush))
  (memory 1)
  (func (export "wizer-initialize")
    (i32.store8 (i32.const 3) (i32.const 1)))
  (func (export "run")
    (call $log (i32.wrap_i64 (call $now)))
    (call 3 (i32.load8_u (i32.const 3)))
    (call $flush)))
