;; $ wizer max-segments.wat -o {out}
;; $ wizer max-segments.wat -o {out} --max-segments 3
;; $ wizer max-segments.wat -o {out} --max-segments 99999999999
;; $ wizer max-segments.wat -o {out} --max-segments 2
;; $ wizer max-segments.wat -o {out} --max-segments 0

;; Two segments stay, because code names the second one.
(module
  (memory 1)
  (data $a "a") (data $b "b")
  (func (export "wizer-initialize")
    (i32.store8 (i32.const 1000) (i32.const 1))
    (i32.store8 (i32.const 1010) (i32.const 2))
    (i32.store8 (i32.const 1040) (i32.const 3))
    (memory.init $b (i32.const 1020) (i32.const 0) (i32.const 1))))
