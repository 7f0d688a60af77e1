;; Exceptions that pass eight frames, of which one in the middle has a handler for another tag, and one catches all and throws on.
(module
  (memory (export "memory") 1)
  (tag $found (param i32))
  (tag $other)

  (func $search (param $depth i32) (param $at i32) (result i32)
    (if (i32.eqz (local.get $depth))
      (then (throw $found (i32.mul (local.get $at) (i32.const 31)))))
    (if (i32.eq (local.get $depth) (i32.const 5))
      (then
        (block $other_caught
          (try_table (catch $other $other_caught)
            (return (call $search (i32.const 4) (local.get $at))))
          (unreachable))
        (return (i32.const -1))))
    (if (i32.eq (local.get $depth) (i32.const 3))
      (then
        (block $any (result exnref)
          (try_table (catch_all_ref $any)
            (return (call $search (i32.const 2) (local.get $at))))
          (unreachable))
        (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1)))
        (throw_ref)))
    (i32.add (i32.const 1) (call $search (i32.sub (local.get $depth) (i32.const 1)) (local.get $at))))

  (func (export "wizer-initialize") (local $at i32)
    (loop $more
      (i32.store (i32.const 0)
        (i32.add
          (i32.mul (i32.load (i32.const 0)) (i32.const 17))
          (block $caught (result i32)
            (try_table (result i32) (catch $found $caught)
              (call $search (i32.const 8) (local.get $at))))))
      (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 1000000)))))
  (func (export "at") (param i32) (result i32) (i32.load (local.get 0))))
