;; Tables of typed references, one with an initializer and one with 64-bit indices, stay as they were.
(module
  (type $f (func (result i32)))
  (table $t 3 3 (ref $f) (ref.func $one))
  (table $u i64 2 4 (ref null $f))
  (elem (table $t) (i32.const 1) (ref $f) (ref.func $two))
  (elem (table $u) (i64.const 1) (ref null $f) (ref.func $two))
  (global $g (mut i32) (i32.const 0))
  (func $one (type $f) (i32.const 1))
  (func $two (type $f) (i32.const 2))
  (func (export "wizer-initialize")
    (global.set $g (call_ref $f (table.get $t (i32.const 1)))))
  (func (export "run") (result i32)
    (i32.add
      (global.get $g)
      (i32.add
        (call_ref $f (table.get $t (i32.const 0)))
        (call_indirect $u (type $f) (i64.const 1))))))
