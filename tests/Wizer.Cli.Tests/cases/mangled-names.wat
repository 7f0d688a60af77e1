;; $ wizer mangled-names.wat -o {out}

;; Functions of Rust, in both ways that has, of C++, and of C.
(module
  (memory (export "memory") 1)
  (func $_ZN3app6config4load17h6ac9107c42850161E unreachable)
  (func $_RNvNtCs3nilrLLJwz5_3app6config5parse (call $_ZN3app6config4load17h6ac9107c42850161E))
  (func $_ZNSt3__26vectorIiNS_9allocatorIiEEE9push_backEOi (call $_RNvNtCs3nilrLLJwz5_3app6config5parse))
  (func $main (call $_ZNSt3__26vectorIiNS_9allocatorIiEEE9push_backEOi))
  (func (export "wizer-initialize") (call $main)))
