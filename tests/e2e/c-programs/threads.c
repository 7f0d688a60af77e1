// For threads, without a libc: the start function fills the shared memory, and drops what no other thread needs.
#define EXPORT(name) __attribute__((export_name(name)))

static _Thread_local int calls = 42;
static _Atomic int total = 5;
static _Atomic long long large;
static int triples[5000] = {1, 2, 3};
static const char *names[] = {"alpha", "beta", "gamma"};
static int lock;

void __wasm_init_tls(void *memory);

// Older linkers leave the variables of the first thread to the program, and the thread without any until it has asked for them.
#ifdef LINKED_WITHOUT_FIRST_THREAD
static char first[64];
static void begin(void) { __wasm_init_tls(first); }
#else
static void begin(void) {}
#endif

EXPORT("wizer-initialize") void initialize(void) {
  begin();
  int expected = 0;
  while (!__c11_atomic_compare_exchange_strong((_Atomic int *)&lock, &expected, 1, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) expected = 0;
  for (int i = 0; i < 5000; i++) triples[i] = i * 3;
  calls++;
  total += 100;
  large = 1LL << 40;
  __builtin_wasm_memory_atomic_notify(&lock, 1);
  __c11_atomic_store((_Atomic int *)&lock, 0, __ATOMIC_SEQ_CST);
}

// The next thread has variables of its own.
EXPORT("enter") void enter(void *memory) { __wasm_init_tls(memory); }

// 14997 + 43 + 105 + 'g' + 1 after initialization, in the thread that did it.
EXPORT("get") int get(void) { return triples[4999] + calls + total + names[2][0] + (int)(large >> 40); }
