;; A clock that does not answer and no chance: the guest finds what lay in its memory, the same in every run.
(module
  (func (export "clock_time_get") (param i32 i64 i32) (result i32) (i32.const 0))
  (func (export "random_get") (param i32 i32) (result i32) (i32.const 0)))
