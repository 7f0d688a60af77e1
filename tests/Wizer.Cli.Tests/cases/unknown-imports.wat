;; $ wizer unknown-imports.wat
;; $ wizer unknown-imports.wat --unknown-imports trap
;; $ wizer unknown-imports.wat --unknown-imports=fail
;; $ wizer unknown-imports.wat --unknown-imports=fail --stub host=zero --stub other=zero -o {out}
;; $ wizer unknown-imports.wat --unknown-imports=default -o {out}
;; $ wizer unknown-imports.wat --unknown-imports=default --stub host
;; $ wizer unknown-imports.wat --unknown-imports

;; Functions that nobody provides.
(module
  (import "host" "number" (func $number (param i32) (result i32)))
  (import "host" "pair" (func $pair (result i64 f32)))
  (import "other" "reference" (func $reference (result externref)))
  (import "host" "number" (func $number-again (param i32) (result i32)))
  (global $sum (export "sum") (mut i32) (i32.const 42))
  (func (export "wizer-initialize")
    (drop (call $pair))
    (drop)
    (drop (call $reference))
    (global.set $sum (i32.add (call $number (i32.const 7)) (call $number-again (i32.const 8))))))
