;; What host-object.wat takes a function from.
(module
  (func $f)
  (elem declare func $f)
  (func (export "get") (result funcref) (ref.func $f)))
