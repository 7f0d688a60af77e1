// The header in a reactor: no main, and constructors that _initialize has run when the initialization function is called.
#include <wizer.h>

static volatile int constructions;
static int values[64];

__attribute__((constructor)) static void construct(void) {
  constructions++;
}

static void fill(void) {
  for (int i = 0; i < 64; i++) values[i] = i * i + constructions;
}

WIZER_INIT(fill);

__attribute__((export_name("constructions"))) int count_constructions(void) {
  return constructions;
}

__attribute__((export_name("value"))) int value(int index) {
  return values[index];
}
