;; $ wizer source-map.wat -o {out}
;; $ wizer source-map.wat -o {out} -f grow
;; $ wizer source-map.wat -o {out} --layout compatible

;; The map gives offsets in the file, so the code stays where it was as long as the sections before it do not grow.
(module
  (memory 1)
  (global $a (mut i32) (i32.const 0))
  (func (export "wizer-initialize") (global.set $a (i32.const 100)))
  (func (export "grow") (drop (memory.grow (i32.const 127)))
    (global.set $a (i32.const -2147483648)) (global.set $b (i64.const -9223372036854775808)))
  (global $b (mut i64) (i64.const 0))
  (@custom "sourceMappingURL" "\07app.map"))
