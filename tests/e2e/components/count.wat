;; A component that counts while it is initialized.
(component
  (core module $m
    (memory 1)
    (func (export "initialize") (i32.store (i32.const 0) (i32.const 42)))
    (func (export "count") (result i32) (i32.load (i32.const 0))))
  (core instance $i (instantiate $m))
  (func (export "wizer-initialize") (canon lift (core func $i "initialize")))
  (func (export "count") (result u32) (canon lift (core func $i "count"))))
