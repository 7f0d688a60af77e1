;; $ wizer trap.wat
;; $ wizer trap.wat -f divide -o {out}
;; $ wizer trap.wat -f recurse-once
(module
  (memory 1)
  (func $outer (export "wizer-initialize") (call $inner))
  (func $inner (drop (i32.load (i32.const -1))))
  (func (export "divide") (drop (i32.div_s (i32.const 1) (i32.const 0))))
  (func (export "recurse-once") (call 4))
  (func unreachable))
