// A module that traps in another one.
__attribute__((import_module("numbers"), import_name("divide"))) int divide(int by);

static volatile int zero;

__attribute__((export_name("wizer.initialize"))) void init(void) {
  zero = divide(zero);
}
