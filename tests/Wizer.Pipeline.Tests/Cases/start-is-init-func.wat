;; wizer: -f _start
(module
  (global $g (mut i32) (i32.const 1))
  (func (export "_start") (global.set $g (i32.const 9))))
