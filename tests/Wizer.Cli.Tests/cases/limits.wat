;; $ wizer limits.wat --timeout=0.1 -f loop
;; $ wizer limits.wat --timeout=100 -f nothing
;; $ wizer limits.wat --max-memory=64K -f nothing
;; $ wizer limits.wat --max-memory=131072 -f grow
;; $ wizer limits.wat --max-memory=3M -f allocate
;; $ wizer limits.wat --max-memory=4GiB -f nothing
;; $ wizer limits.wat --max-table-elements=9 -f nothing
;; $ wizer limits.wat --max-table-elements=10 -f nothing
;; $ wizer limits.wat --stack-size=64K -f recurse
;; $ wizer limits.wat --stack-size=16M -f recurse

;; What is allowed to a module, each limit with an error of its own.
(module
  (memory 2)
  (table 10 funcref)
  (global $answer (mut i32) (i32.const 0))
  (type $array (array (mut i64)))
  (func (export "nothing"))
  (func (export "loop") (loop (br 0)))
  (func (export "grow") (global.set $answer (memory.grow (i32.const 1))))
  (func (export "allocate") (drop (array.new_default $array (i32.const 1000000))))
  (func $recurse (param $depth i32)
    (if (local.get $depth) (then (call $recurse (i32.sub (local.get $depth) (i32.const 1))))))
  (func (export "recurse") (call $recurse (i32.const 100000))))
