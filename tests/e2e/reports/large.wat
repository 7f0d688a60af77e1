;; All of 4 GiB, with a few bytes that lie far apart, and one in each of the first 20,000 pages.
(module
  (memory (export "memory") 65536)
  (func (export "wizer-initialize") (local i32)
    (loop
      (i32.store8 (i32.shl (local.get 0) (i32.const 16)) (i32.const 1))
      (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 20000))))
    (i32.store (i32.const 0x7ffffff0) (i32.const 7))
    (i32.store (i32.const 0x80000000) (i32.const 0x1234))
    (i32.store (i32.const 0xc0de0000) (i32.const -1))
    (i32.store8 (i32.const 0xffffffff) (i32.const 255))))
