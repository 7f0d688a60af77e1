;; A module with something to set up: a table of prime numbers, found by trial division.
;;
;; Its initialization function takes a while; `nth` only looks up what was found. Pre-initialized, the table is part of the
;; module, and `wizer-initialize` is not exported any more.
(module
  (memory (export "memory") 1)
  (global $count (export "count") (mut i32) (i32.const 0))

  (func (export "nth") (param $n i32) (result i32)
    (i32.load16_u (i32.shl (local.get $n) (i32.const 1))))

  (func (export "wizer-initialize") (local $candidate i32)
    (local.set $candidate (i32.const 2))
    (loop $next
      (if (call $is-prime (local.get $candidate))
        (then
          (i32.store16 (i32.shl (global.get $count) (i32.const 1)) (local.get $candidate))
          (global.set $count (i32.add (global.get $count) (i32.const 1)))))
      (local.set $candidate (i32.add (local.get $candidate) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $candidate) (i32.const 100)))))

  (func $is-prime (param $candidate i32) (result i32) (local $at i32) (local $prime i32)
    (block $yes
      (loop $next
        (br_if $yes (i32.ge_u (local.get $at) (global.get $count)))
        (local.set $prime (i32.load16_u (i32.shl (local.get $at) (i32.const 1))))
        (if (i32.eqz (i32.rem_u (local.get $candidate) (local.get $prime)))
          (then (return (i32.const 0))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (i32.const 1)))
