// For threads, without a libc: the start function fills the shared memory, and drops what no other thread needs.
#define EXPORT(name) __attribute__((export_name(name)))

static _Thread_local int calls = 42;
static _Atomic int total = 5;
static int squares[5000] = {1, 2, 3};
static const char *names[] = {"alpha", "beta", "gamma"};
static int lock;

void __wasm_init_tls(void *memory);
static char tls[64];

EXPORT("wizer-initialize") void initialize(void) {
  __wasm_init_tls(tls);
  int expected = 0;
  while (!__c11_atomic_compare_exchange_strong((_Atomic int *)&lock, &expected, 1, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) expected = 0;
  for (int i = 0; i < 5000; i++) squares[i] = i * i;
  calls++;
  total += 100;
  __builtin_wasm_memory_atomic_notify(&lock, 1);
  __c11_atomic_store((_Atomic int *)&lock, 0, __ATOMIC_SEQ_CST);
}

// The next thread has variables of its own.
EXPORT("enter") void enter(void *memory) { __wasm_init_tls(memory); }

EXPORT("look") int look(void) { return squares[4999] + calls * 3 + total + names[2][0]; }
