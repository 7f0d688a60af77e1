;; The work of sieves, sums and copies in a memory above the first: bytes, words, vectors, and instructions for many bytes at once.
(module
  (memory (export "memory") 32)
  (memory $second (export "second") 96)

  ;; Marks what is no prime below a million, 60 times.
  (func $sieve (local $pass i32) (local $at i32) (local $multiple i32)
    (loop $passes
      (memory.fill $second (i32.const 0) (i32.const 0) (i32.const 1000000))
      (local.set $at (i32.const 2))
      (loop $candidates
        (if (i32.eqz (i32.load8_u $second (local.get $at)))
          (then
            (local.set $multiple (i32.mul (local.get $at) (local.get $at)))
            (loop $multiples
              (i32.store8 $second (local.get $multiple) (i32.const 1))
              (br_if $multiples (i32.lt_u (local.tee $multiple (i32.add (local.get $multiple) (local.get $at))) (i32.const 1000000))))))
        (br_if $candidates (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 1000))))
      (br_if $passes (i32.lt_u (local.tee $pass (i32.add (local.get $pass) (i32.const 1))) (i32.const 60)))))

  ;; Each word becomes a sum of itself and the one before, 250,000 words from 0x100000 on, 300 times.
  (func $sums (local $pass i32) (local $at i32)
    (loop $passes
      (local.set $at (i32.const 0))
      (loop $words
        (i32.store $second offset=0x100004 (local.get $at)
          (i32.add
            (i32.mul (i32.load $second offset=0x100000 (local.get $at)) (i32.const 31))
            (i32.add (i32.load $second offset=0x100004 (local.get $at)) (local.get $pass))))
        (br_if $words (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (i32.const 1000000))))
      (br_if $passes (i32.lt_u (local.tee $pass (i32.add (local.get $pass) (i32.const 1))) (i32.const 300)))))

  ;; Four words at a time, from 0x100000 on, are added to those from 0x200000 on, 1,000 times.
  (func $vectors (local $pass i32) (local $at i32)
    (loop $passes
      (local.set $at (i32.const 0))
      (loop $words
        (v128.store $second offset=0x200000 (local.get $at)
          (i32x4.add
            (v128.load $second offset=0x100000 (local.get $at))
            (v128.load $second offset=0x200000 (local.get $at))))
        (br_if $words (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (i32.const 1000000))))
      (br_if $passes (i32.lt_u (local.tee $pass (i32.add (local.get $pass) (i32.const 1))) (i32.const 1000)))))

  ;; Within the memory, and from it to the first and back, 64 bytes and then a million.
  (func $copies (local $pass i32)
    (loop $passes
      (memory.copy $second $second (i32.const 0x300000) (i32.add (i32.const 0x200000) (local.get $pass)) (i32.const 64))
      (memory.copy 0 $second (i32.and (local.get $pass) (i32.const 0xffff)) (i32.const 0x300000) (i32.const 64))
      (memory.copy $second 0 (i32.const 0x400000) (i32.const 0) (i32.const 32))
      (br_if $passes (i32.lt_u (local.tee $pass (i32.add (local.get $pass) (i32.const 1))) (i32.const 1000000))))
    (local.set $pass (i32.const 0))
    (loop $passes
      (memory.copy 0 $second (i32.const 0) (i32.const 0x200000) (i32.const 1000000))
      (memory.copy $second 0 (i32.const 0x400001) (i32.const 0) (i32.const 1000000))
      (br_if $passes (i32.lt_u (local.tee $pass (i32.add (local.get $pass) (i32.const 1))) (i32.const 300)))))

  (func (export "wizer-initialize")
    (call $sieve)
    (call $sums)
    (call $vectors)
    (call $copies))
  (func (export "at") (param i32) (result i32) (i32.load $second (local.get 0))))
