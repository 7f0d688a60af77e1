;; $ wizer component.wat -f init
;; $ wizer component.wat -f start --keep-init-func -o {out}
;; $ wizer component.wat -f 'start()' -o {out}
;; $ wizer component.wat -f 'local:test/api.add@1.0.0(40)' -o {out}
;; $ wizer component.wat -f 'add(200)' -o {out}
;; $ wizer component.wat -f 'add(200)' --allow-init-error -o {out}
;; $ wizer component.wat -f 'add("x")'
;; $ wizer component.wat -f start -r a=b
;; $ wizer component.wat -f start --preload a=component.wat
;; $ wizer component.wat -f start --stub a
;; $ wizer component.wat -f stat
;; $ wizer component.wat -f leave -o {out}

;; Functions of a component that initialize it: an export, one of an instance, and calls with arguments.
(component
  (type $r (resource (rep i32)))
  (core func $new (canon resource.new $r))
  (core module $m
    (import "r" "new" (func $new (param i32) (result i32)))
    (memory 1)
    (global $sum (mut i32) (i32.const 0))
    (func (export "init") (i32.store (i32.const 16) (i32.const 0x64636261)))
    (func (export "leave") (drop (call $new (i32.const 7))))
    (func (export "add") (param i32) (result i32)
      (global.set $sum (i32.add (global.get $sum) (local.get 0)))
      (i32.gt_s (global.get $sum) (i32.const 100))))
  (core instance $i (instantiate $m (with "r" (instance (export "new" (func $new))))))
  (func (export "start") (canon lift (core func $i "init")))
  (func (export "leave") (canon lift (core func $i "leave")))
  (func $add (param "n" s32) (result (result)) (canon lift (core func $i "add")))
  (instance $api (export "add" (func $add)))
  (export "local:test/api@1.0.0" (instance $api)))
