(module (import "env" "answer" (func $answer (result i32))) (export "answer" (func $answer)))
