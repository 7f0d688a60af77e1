// The header under a compiler's strictest warnings, as C and as C++, with a semicolon behind the macro, without, and at the end.
#include <wizer.h>

static int value;

#ifndef DEFAULT
static void fill(void) {
  value = 3;
}
#endif

#ifdef WITH_SEMICOLON
WIZER_INIT(fill);
#elif defined(WITHOUT_SEMICOLON)
WIZER_INIT(fill)
#endif

int main(void) {
  return value;
}

#ifdef AT_THE_END
WIZER_INIT(fill)
#elif defined(DEFAULT)
WIZER_DEFAULT_INIT();
#endif
