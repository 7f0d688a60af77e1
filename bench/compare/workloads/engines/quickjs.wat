;; What quickjs-wasi's own wrapper does, without the wrapper: the engine evaluates a script, and later an expression. engines.mjs
;; puts functions here that copy texts to the engine's heap, and merges this with the engine.
(module
  (import "engine" "memory" (memory 0))
  (import "engine" "wasm_malloc" (func $malloc (param i32) (result i32)))
  (import "engine" "qjs_init" (func $init (result i32)))
  (import "engine" "qjs_eval" (func $evaluate (param i32 i32 i32 i32) (result i32)))
  (import "engine" "qjs_is_exception" (func $is_exception (param i32) (result i32)))
  (import "engine" "qjs_get_float64" (func $get_number (param i32) (result f64)))
  TEXTS
  (func $run (param $text i32) (param $length i32) (result i32) (local $value i32)
    (local.set $value (call $evaluate (local.get $text) (local.get $length) (call $name) (i32.const 0)))
    (if (call $is_exception (local.get $value)) (then (unreachable)))
    (local.get $value))
  (func (export "wizer.initialize")
    (if (call $init) (then (unreachable)))
    (drop (call $run (call $script) (global.get $script_length))))
  (func (export "checksum") (result i32)
    (i32.trunc_f64_s (call $get_number (call $run (call $question) (global.get $question_length))))))
