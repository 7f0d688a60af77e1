;; $ wizer host-object.wat --preload host=host-object-source.wat

;; What belongs to the other module cannot be in this one.
(module
  (import "host" "get" (func $get (result funcref)))
  (table 4 funcref)
  (func (export "wizer-initialize") (table.set (i32.const 3) (call $get))))
