;; What the wrapper in @ruby/wasm-wasi does, without the wrapper: Ruby starts, evaluates a script, and later an expression.
;; engines.mjs puts functions here that copy texts to Ruby's heap, and merges this with it, whose `canonical_abi` it also is: a
;; handle of a value is the value.
(module
  (import "engine" "memory" (memory 0))
  (import "engine" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
  (import "engine" "ruby-init: func(args: list<string>) -> ()" (func $init (param i32 i32)))
  (import "engine" "ruby-init-loadpath: func() -> ()" (func $init_load_path))
  (import "engine" "rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>"
    (func $evaluate (param i32 i32) (result i32)))
  (import "engine" "rstring-ptr: func(value: handle<rb-abi-value>) -> string" (func $text_of (param i32) (result i32)))
  TEXTS
  (func (export "resource_new_rb-abi-value") (param i32) (result i32) (local.get 0))
  (func (export "resource_get_rb-abi-value") (param i32) (result i32) (local.get 0))
  (func $malloc (param $length i32) (result i32)
    (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (local.get $length)))
  ;; Texts end with a zero that counts.
  (func $run (param $text i32) (param $length i32) (result i32) (local $result i32)
    (local.set $result (call $evaluate (local.get $text) (i32.add (local.get $length) (i32.const 1))))
    (if (i32.load offset=4 (local.get $result)) (then (unreachable)))
    (i32.load (local.get $result)))
  (func (export "wizer.initialize") (local $arguments i32)
    (local.set $arguments (call $malloc (i32.const 24)))
    (i32.store (local.get $arguments) (call $name))
    (i32.store offset=4 (local.get $arguments) (i32.add (global.get $name_length) (i32.const 1)))
    (i32.store offset=8 (local.get $arguments) (call $option))
    (i32.store offset=12 (local.get $arguments) (i32.add (global.get $option_length) (i32.const 1)))
    (i32.store offset=16 (local.get $arguments) (call $expression))
    (i32.store offset=20 (local.get $arguments) (i32.add (global.get $expression_length) (i32.const 1)))
    (call $init (local.get $arguments) (i32.const 3))
    (call $init_load_path)
    (drop (call $run (call $script) (global.get $script_length))))
  ;; The question's answer is a text of digits.
  (func (export "checksum") (result i32) (local $text i32) (local $end i32) (local $sum i32)
    (local.set $text (call $text_of (call $run (call $question) (global.get $question_length))))
    (local.set $end (i32.add (i32.load (local.get $text)) (i32.load offset=4 (local.get $text))))
    (local.set $text (i32.load (local.get $text)))
    (loop $more
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.sub (i32.load8_u (local.get $text)) (i32.const 48))))
      (br_if $more (i32.lt_u (local.tee $text (i32.add (local.get $text) (i32.const 1))) (local.get $end))))
    (local.get $sum)))
