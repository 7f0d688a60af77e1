;; A shared memory stays shared, at the size it has grown to; atomic accesses are what they were.
(module
  (memory 1 4 shared)
  (global $ticket (mut i32) (i32.const 0))
  (func (export "wizer-initialize")
    (atomic.fence)
    (drop (memory.grow (i32.const 1)))
    (i32.atomic.store (i32.const 65600) (i32.const 40))
    (drop (i32.atomic.rmw.add (i32.const 65600) (i32.const 1)))
    (global.set $ticket (memory.atomic.notify (i32.const 65600) (i32.const 1)))
    (global.set $ticket (i32.add (global.get $ticket) (i32.const 7))))
  (func (export "run") (result i32)
    (drop (i32.atomic.rmw.add (i32.const 65600) (global.get $ticket)))
    (i32.atomic.load (i32.const 65600))))
