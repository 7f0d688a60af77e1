// A trap in libc, which somebody else has compiled, called from a header and through a callback.
#include <stdlib.h>

#include "library.h"

static volatile int order = 3;

static int compare(const void *left, const void *right) {
  int difference = *(const int *)left - *(const int *)right;
  return difference != 0 ? difference : fail_at(order);
}

__attribute__((export_name("wizer.initialize"))) void init(void) {
  int numbers[] = {3, 1, 3};
  qsort(numbers, 3, sizeof *numbers, compare);
}
