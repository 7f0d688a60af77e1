;; $ wizer component-wasi.wat -f init
;; $ wizer component-wasi.wat -f init --unknown-imports fail
;; $ wizer component-wasi.wat -f init --unknown-imports=default -o {out}
;; $ wizer component-wasi.wat -f init --unknown-imports=nothing
;; $ wizer component-wasi.wat -f init --allow-wasi --env NAME=value --deterministic --random-seed 7 -o {out}
;; $ wizer component-wasi.wat -f init --allow-wasi --inherit-stdio=false -o /dev/null
;; $ wizer component-wasi.wat -f leave --allow-wasi -o /dev/null
;; $ wizer component-wasi.wat -f exit --allow-wasi -o /dev/null
;; $ wizer component-wasi.wat -f exit --allow-wasi --allow-exit-zero -o {out}
;; $ wizer component-wasi.wat -f init --allow-wasi --dir no-such-directory

;; A component that reads the environment, a clock and random numbers, writes to stdout, and leaves or exits.
(component
  (import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $output-stream (sub resource)))
    (type $stream-error' (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $output-stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
  (alias export $streams "output-stream" (type $output-stream))
  (import "wasi:cli/stdout@0.2.6" (instance $stdout (export "get-stdout" (func (result (own $output-stream))))))
  (import "wasi:cli/environment@0.2.0" (instance $environment
    (export "get-environment" (func (result (list (tuple string string)))))))
  (import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
  (import "wasi:clocks/wall-clock@0.2.0" (instance $clock
    (type $datetime' (record (field "seconds" u64) (field "nanoseconds" u32)))
    (export "datetime" (type $datetime (eq $datetime')))
    (export "now" (func (result $datetime)))))
  (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
  (core module $memory
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $top (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
      (global.get $top)
      (global.set $top (i32.add (global.get $top) (local.get 3)))))
  (core instance $memory (instantiate $memory))
  (alias core export $memory "memory" (core memory $memory))
  (alias core export $memory "realloc" (core func $realloc))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory $memory)))
  (core func $get-environment (canon lower (func $environment "get-environment") (memory $memory) (realloc $realloc)))
  (core func $exit (canon lower (func $exit "exit")))
  (core func $now (canon lower (func $clock "now") (memory $memory)))
  (core func $get-random (canon lower (func $random "get-random-u64")))
  (core func $drop (canon resource.drop $output-stream))
  (core module $main
    (import "wasi" "memory" (memory 1))
    (import "wasi" "get-stdout" (func $get-stdout (result i32)))
    (import "wasi" "write" (func $write (param i32 i32 i32 i32)))
    (import "wasi" "get-environment" (func $get-environment (param i32)))
    (import "wasi" "exit" (func $exit (param i32)))
    (import "wasi" "now" (func $now (param i32)))
    (import "wasi" "get-random" (func $get-random (result i64)))
    (import "wasi" "drop" (func $drop (param i32)))
    (global $stdout (mut i32) (i32.const 0))
    (data (i32.const 0) "hello\n")
    (func (export "init")
      (global.set $stdout (call $get-stdout))
      (call $write (global.get $stdout) (i32.const 0) (i32.const 6) (i32.const 16))
      (call $drop (global.get $stdout))
      (global.set $stdout (i32.const 0))
      (call $get-environment (i32.const 32))
      (call $now (i32.const 48))
      (i64.store (i32.const 64) (call $get-random)))
    (func (export "leave") (global.set $stdout (call $get-stdout)))
    (func (export "exit") (i32.store (i32.const 80) (i32.const 1)) (call $exit (i32.const 0))))
  (core instance $main (instantiate $main (with "wasi" (instance
    (export "memory" (memory $memory))
    (export "get-stdout" (func $get-stdout))
    (export "write" (func $write))
    (export "get-environment" (func $get-environment))
    (export "exit" (func $exit))
    (export "now" (func $now))
    (export "get-random" (func $get-random))
    (export "drop" (func $drop))))))
  (func (export "init") (canon lift (core func $main "init")))
  (func (export "leave") (canon lift (core func $main "leave")))
  (func (export "exit") (canon lift (core func $main "exit"))))
