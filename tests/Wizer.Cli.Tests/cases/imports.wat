;; $ wizer imports.wat
;; $ wizer imports.wat --import-memory=fresh --import-table=fresh --import-global=fresh
;; $ wizer imports.wat --import-memory=fresh --import-table=fresh --import-global=fresh --define-global env.base=0x400
;; $ wizer imports.wat --import-memory define --import-table define --import-global define --define-global env.base=1024
;; $ wizer imports.wat --import-memory=fresh --import-table=fresh --define-global env.base=1024 --define-global env.count=7
;; $ wizer imports.wat --import-memory=fresh --import-table=fresh --define-global env.base=1k --define-global env.count=7
;; $ wizer imports.wat --define-global env.bas=1024
;; $ wizer imports.wat --define-global env.base
;; $ wizer imports.wat --import-memory=new
;; $ wizer imports.wat --import-memory=define --layout=compatible
(module
  (import "env" "memory" (memory 1))
  (import "env" "table" (table 2 funcref))
  (import "env" "count" (global $count (mut i32)))
  (import "env" "base" (global $base i32))
  (data (global.get $base) "abc")
  (elem (i32.const 0) $f)
  (func $f)
  (func (export "wizer-initialize")
    (global.set $count (i32.add (global.get $count) (i32.const 5)))
    (table.set (i32.const 1) (ref.func $f))
    (i32.store8 offset=1 (global.get $base) (i32.const 66))))
