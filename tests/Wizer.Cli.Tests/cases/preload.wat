;; $ wizer preload.wat
;; $ wizer preload.wat --preload answers=preload-answers.wat
;; $ wizer preload.wat --preload=other=preload-answers.wat
;; $ wizer preload.wat --preload nothing
;; $ wizer preload.wat --preload answers=missing.wat
;; $ wizer preload.wat --preload answers=preload-malformed.wat
;; $ wizer preload.wat --preload answers=preload-invalid.wat
;; $ wizer preload.wat --preload answers=preload-trap.wat
;; $ wizer preload.wat --preload answers=preload-needy.wat
;; $ wizer preload.wat --preload answers=preload-answers.wat --preload answers=preload-answers.wat
(module
  (import "answers" "answer" (func $answer (result i32)))
  (global $g (mut i32) (i32.const 0))
  (func (export "wizer-initialize") (global.set $g (call $answer))))
