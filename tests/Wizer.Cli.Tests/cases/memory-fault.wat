;; $ wizer memory-fault.wat -f load
;; $ wizer memory-fault.wat -f store
;; $ wizer memory-fault.wat -f fill
;; $ wizer memory-fault.wat -f grown

;; Where an access beyond the memory went, as one more cause; not for the instructions that check before they begin.
(module
  (memory (export "memory") 1)
  (func (export "load") (drop (i32.load offset=16 (i32.const 65530))))
  (func (export "store") (i64.store (i32.const -8) (i64.const 1)))
  (func (export "fill") (memory.fill (i32.const 65000) (i32.const 1) (i32.const 1000)))
  (func (export "grown") (drop (memory.grow (i32.const 1))) (drop (i32.load (i32.const 131070)))))
