;; wizer: -r _start=resume -r memory=mem -r gone=missing -r new=wizer-initialize
;; Any kind can be renamed; a missing source still drops the destination; the init function goes whatever it is renamed to.
(module
  (memory (export "mem") 1)
  (global (export "gone") i32 (i32.const 3))
  (func (export "_start") unreachable)
  (func (export "resume"))
  (func (export "other"))
  (func (export "wizer-initialize"))
  (table (export "new") 2 funcref))
