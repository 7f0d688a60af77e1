;; $ wizer component-handles.wat -f init -o {out}
;; $ wizer component-handles.wat -f init --handles=warn -o {out}
;; $ wizer component-handles.wat -f init --handles fail -o {out}
;; $ wizer component-handles.wat -f none --handles=fail --reset-wasi=false -o {out}
;; $ wizer component-handles.wat -f init --handles=ask

;; A component that keeps a resource of another one, which is lost with it.
(component
  (component $maker
    (type $r (resource (rep i32)))
    (export $rx "counter" (type $r))
    (core func $new (canon resource.new $r))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 9))))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $rx)) (canon lift (core func $i "make"))))
  (component $user
    (import "p" (instance $p (export "counter" (type $c (sub resource))) (export "make" (func (result (own $c))))))
    (core func $make (canon lower (func $p "make")))
    (core module $m
      (import "" "make" (func $make (result i32)))
      (func (export "none"))
      (func (export "init") (drop (call $make)) (drop (call $make))))
    (core instance $i (instantiate $m (with "" (instance (export "make" (func $make))))))
    (func (export "none") (canon lift (core func $i "none")))
    (func (export "init") (canon lift (core func $i "init"))))
  (instance $p (instantiate $maker))
  (instance $u (instantiate $user (with "p" (instance $p))))
  (func (export "none") (alias export $u "none"))
  (func (export "init") (alias export $u "init")))
