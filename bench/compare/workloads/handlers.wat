;; Busy code in the reach of handlers: each step is a call within a `try_table`, and one in 64 throws.
(module
  (memory (export "memory") 1)
  (tag $odd (param i32))
  (tag $other)

  (func $step (param $value i32) (param $at i32) (result i32)
    (if (i32.eqz (i32.and (local.get $at) (i32.const 63)))
      (then (throw $odd (i32.xor (local.get $value) (local.get $at)))))
    (i32.store (i32.and (local.get $value) (i32.const 0xfffc)) (local.get $value))
    (i32.add (i32.mul (local.get $value) (i32.const 1664525)) (local.get $at)))

  (func (export "wizer-initialize") (local $at i32) (local $value i32)
    (local.set $at (i32.const 1))
    (loop $more
      (block $done
        (local.set $value
          (block $caught (result i32)
            (try_table (catch $odd $caught) (catch $other $done)
              (local.set $value (call $step (local.get $value) (local.get $at)))
              ;; What follows the call needs no handler and has one.
              (local.set $value (i32.xor (local.get $value) (i32.load (i32.and (local.get $at) (i32.const 0xfffc))))))
            (br $done))))
      (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 50000000))))
    (i32.store (i32.const 0) (local.get $value)))
  (func (export "at") (param i32) (result i32) (i32.load (local.get 0))))
