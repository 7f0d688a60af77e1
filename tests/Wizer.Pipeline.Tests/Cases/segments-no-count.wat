;; A module without a data count section does not get one.
(module
  (memory (export "memory") 2)
  (data (i32.const 1) "one\00\00\00\00two\00\00\00\00\00three")
  (data (i32.const 65534) "across")
  (func (export "wizer-initialize")))
