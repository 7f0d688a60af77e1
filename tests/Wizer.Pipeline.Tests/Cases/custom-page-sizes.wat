;; A memory with pages of one byte keeps its page size, and its minimum is in those pages.
(module
  (memory 10 100 (pagesize 1))
  (global $old (mut i32) (i32.const 0))
  (func (export "wizer-initialize")
    (global.set $old (memory.grow (i32.const 7)))
    (i32.store8 (i32.const 16) (i32.const 9)))
  (func (export "run") (result i32)
    (i32.add
      (i32.load8_u (i32.const 16))
      (i32.add (i32.mul (memory.size) (i32.const 100)) (i32.mul (global.get $old) (i32.const 10000))))))
