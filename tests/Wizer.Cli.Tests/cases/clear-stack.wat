;; $ wizer clear-stack.wat --clear-stack -o {out}
;; $ wizer clear-stack.wat -o {out}
;; $ wizer readme.wat --clear-stack -o {out}
(module
  (memory (export "memory") 2)
  (global $__stack_pointer (mut i32) (i32.const 65536))
  (data (i32.const 65536) "data")
  (func (export "wizer-initialize")
    (i32.store (i32.const 65520) (i32.const 0x64616564))))
