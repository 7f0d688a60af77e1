;; $ wizer rename-func.wat -r run=resume
;; $ wizer rename-func.wat -r=memory=resume --func-rename resume=memory
;; $ wizer rename-func.wat -r run=missing
;; $ wizer rename-func.wat --keep-init-func -r started=wizer-initialize
;; $ wizer rename-func.wat -r run=resum
;; $ wizer rename-func.wat -r started=wizer-initialize -r run=resume
;; $ wizer rename-func.wat -r a=run -r a=resume
;; $ wizer rename-func.wat -r a=run -r b=run
(module
  (memory (export "memory") 1)
  (func (export "wizer-initialize"))
  (func (export "run") (result i32) (i32.const 1))
  (func (export "resume") (result i32) (i32.const 2)))
