;; $ wizer readme.wat
;; $ wizer readme.wat -f other -o {out}

;; Each case is a module with commands in its first lines. They are run in this directory; on stdin they find a line of
;; text, and {out} is a file of their own. What the commands said and the modules they made, as text, are compared with
;; `readme.run.verified.txt`; run the tests with WIZER_BLESS=1 to rewrite that, and review the difference.
(module
  (memory (export "memory") 1)
  (global $answer (export "answer") (mut i32) (i32.const 0))
  (func (export "wizer-initialize")
    (global.set $answer (i32.const 42))
    (i32.store (i32.const 16) (i32.const 0x64636261)))
  (func (export "other")))
