;; embedded only: a copy of this memory takes 2 GiB.
;; i32.const is signed: addresses from 64, 8192, 1 MiB on take one byte more, those from 2 GiB on are negative.
(module
  (memory 32769)
  (func (export "wizer-initialize")
    (i32.store8 (i32.const 63) (i32.const 1)) (i32.store8 (i32.const 80) (i32.const 1))
    (i32.store8 (i32.const 8191) (i32.const 1)) (i32.store8 (i32.const 8200) (i32.const 1))
    (i32.store8 (i32.const 1048575) (i32.const 1)) (i32.store8 (i32.const 1048600) (i32.const 1))
    (i32.store8 (i32.const 2147483647) (i32.const 1)) (i32.store8 (i32.const 2147483660) (i32.const 1))))
