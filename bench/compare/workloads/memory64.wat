;; The work of `memories.wat` in one memory that has 64-bit addresses.
(module
  (memory (export "memory") i64 96)

  ;; Marks what is no prime below a million, 60 times.
  (func $sieve (local $pass i32) (local $at i64) (local $multiple i64)
    (loop $passes
      (memory.fill (i64.const 0) (i32.const 0) (i64.const 1000000))
      (local.set $at (i64.const 2))
      (loop $candidates
        (if (i32.eqz (i32.load8_u (local.get $at)))
          (then
            (local.set $multiple (i64.mul (local.get $at) (local.get $at)))
            (loop $multiples
              (i32.store8 (local.get $multiple) (i32.const 1))
              (br_if $multiples (i64.lt_u (local.tee $multiple (i64.add (local.get $multiple) (local.get $at))) (i64.const 1000000))))))
        (br_if $candidates (i64.lt_u (local.tee $at (i64.add (local.get $at) (i64.const 1))) (i64.const 1000))))
      (br_if $passes (i32.lt_u (local.tee $pass (i32.add (local.get $pass) (i32.const 1))) (i32.const 60)))))

  ;; Each word becomes a sum of itself and the one before, 250,000 words from 0x100000 on, 300 times.
  (func $sums (local $pass i32) (local $at i64)
    (loop $passes
      (local.set $at (i64.const 0))
      (loop $words
        (i32.store offset=0x100004 (local.get $at)
          (i32.add
            (i32.mul (i32.load offset=0x100000 (local.get $at)) (i32.const 31))
            (i32.add (i32.load offset=0x100004 (local.get $at)) (local.get $pass))))
        (br_if $words (i64.lt_u (local.tee $at (i64.add (local.get $at) (i64.const 4))) (i64.const 1000000))))
      (br_if $passes (i32.lt_u (local.tee $pass (i32.add (local.get $pass) (i32.const 1))) (i32.const 300)))))

  ;; Four words at a time, from 0x100000 on, are added to those from 0x200000 on, 1,000 times.
  (func $vectors (local $pass i32) (local $at i64)
    (loop $passes
      (local.set $at (i64.const 0))
      (loop $words
        (v128.store offset=0x200000 (local.get $at)
          (i32x4.add
            (v128.load offset=0x100000 (local.get $at))
            (v128.load offset=0x200000 (local.get $at))))
        (br_if $words (i64.lt_u (local.tee $at (i64.add (local.get $at) (i64.const 16))) (i64.const 1000000))))
      (br_if $passes (i32.lt_u (local.tee $pass (i32.add (local.get $pass) (i32.const 1))) (i32.const 1000)))))

  ;; 64 bytes and then a million, also to where they overlap.
  (func $copies (local $pass i64)
    (loop $passes
      (memory.copy (i64.const 0x300000) (i64.add (i64.const 0x200000) (local.get $pass)) (i64.const 64))
      (memory.copy (i64.add (i64.const 0x310000) (i64.and (local.get $pass) (i64.const 0xffff))) (i64.const 0x300000) (i64.const 64))
      (memory.copy (i64.const 0x400000) (i64.const 0x310000) (i64.const 32))
      (br_if $passes (i64.lt_u (local.tee $pass (i64.add (local.get $pass) (i64.const 1))) (i64.const 1000000))))
    (local.set $pass (i64.const 0))
    (loop $passes
      (memory.copy (i64.const 0x400001) (i64.const 0x200000) (i64.const 1000000))
      (memory.copy (i64.const 0x400000) (i64.const 0x400001) (i64.const 1000000))
      (br_if $passes (i64.lt_u (local.tee $pass (i64.add (local.get $pass) (i64.const 1))) (i64.const 300)))))

  (func (export "wizer-initialize")
    (call $sieve)
    (call $sums)
    (call $vectors)
    (call $copies))
  (func (export "at") (param i32) (result i32) (i32.load (i64.extend_i32_u (local.get 0)))))
