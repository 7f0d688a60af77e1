;; $ wizer layout.wat
;; $ wizer --layout=compatible layout.wat
;; $ wizer --layout=compat layout.wat
;; $ wizer --layout= layout.wat
(module
  (memory (export "memory") 1 10)
  (global $next (mut i32) (i32.const 1024))
  (global $fixed i32 (i32.const 7))
  (global $ratio (mut f64) (f64.const 0))
  (data $active (i32.const 0) "active")
  (data $passive "passive")
  (func (export "wizer-initialize")
    (memory.init $passive (i32.const 65530) (i32.const 0) (i32.const 6))
    (drop (memory.grow (i32.const 2)))
    (i64.store (i32.const 131072) (i64.const -1))
    (global.set $next (i32.const 2048))
    (global.set $ratio (f64.const 0.1))
    (i32.store8 (i32.const 1000) (i32.const 1))
    (i32.store8 (i32.const 1005) (i32.const 1))
    (i32.store8 (i32.const 1011) (i32.const 1)))
  (func $start (i32.store8 (i32.const 2) (i32.const 65)))
  (start $start))
