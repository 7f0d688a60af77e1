;; 10,050 places 20 bytes apart, 50 of them only 10 apart from the one before: those are joined.
(module
  (memory 4)
  (func (export "wizer-initialize") (local $i i32) (local $at i32)
    (loop $next
      (i32.store8 (local.get $at) (i32.const 7))
      (local.set $at (i32.add (local.get $at)
        (select (i32.const 10) (i32.const 20) (i32.eqz (i32.rem_u (local.get $i) (i32.const 201))))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10050))))))
