;; Says in its memory which of its functions has initialized it, in letters that its code has not.
(module
  (memory 1)
  (func (export "first") (i64.store (i32.const 100) (i64.const 0x7473726966))) ;; "first"
  (func (export "second") (i64.store (i32.const 100) (i64.const 0x646e6f636573))) ;; "second"
  (func (export "trap") unreachable))
