;; What `handlers.wat` and `throws.wat` do, as compilers wrote it before there was `try_table`: a destructor for all, that throws on.
(module
  (memory (export "memory") 1)
  (tag $error (param i32))

  (func $step (param $value i32) (param $at i32) (result i32)
    (if (i32.eqz (i32.and (local.get $at) (i32.const 255)))
      (then (throw $error (i32.xor (local.get $value) (local.get $at)))))
    (i32.add (i32.mul (local.get $value) (i32.const 1664525)) (local.get $at)))

  (func $guarded (param $value i32) (param $at i32) (result i32)
    (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
    (try $scope
      (do (local.set $value (call $step (local.get $value) (local.get $at))))
      (catch_all
        (i32.store (i32.const 8) (i32.sub (i32.load (i32.const 8)) (i32.const 1)))
        (rethrow $scope)))
    (i32.store (i32.const 8) (i32.sub (i32.load (i32.const 8)) (i32.const 1)))
    (local.get $value))

  (func (export "wizer-initialize") (local $at i32) (local $value i32)
    (local.set $at (i32.const 1))
    (loop $more
      (try
        (do (local.set $value (call $guarded (local.get $value) (local.get $at))))
        (catch $error (local.set $value)))
      (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 30000000))))
    (i32.store (i32.const 0) (local.get $value)))
  (func (export "at") (param i32) (result i32) (i32.load (local.get 0))))
