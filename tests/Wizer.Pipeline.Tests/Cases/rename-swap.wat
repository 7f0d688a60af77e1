;; wizer: -r a=b -r b=a
(module
  (func (export "a") (result i32) (i32.const 1))
  (func (export "b") (result i32) (i32.const 2))
  (func (export "wizer-initialize")))
