// A module that traps before it is asked for anything: in a constructor, which _initialize calls.
static volatile int ready;

static void check(int value) {
  if (value == 0) {
    __builtin_trap();
  }
}

__attribute__((constructor)) static void construct(void) {
  check(ready);
}

__attribute__((export_name("wizer.initialize"))) void init(void) {}
