// What a Rust program for wasm32-wasip1 with an exported initialization function looks like from outside: a command, each of
// whose exports the linker wraps in the constructors and the destructors of the libc. `resume` is to be its new `_start`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *compiled[8];
static int compiled_count;
static const char *entry = "main";

__attribute__((export_name("wizer-initialize"))) void initialize(void) {
  static const char *const patterns[] = {"*.c", "lib*", "*", "wizer"};
  for (int i = 0; i < 4; i++) {
    compiled[compiled_count] = malloc(strlen(patterns[i]) + 1);
    strcpy(compiled[compiled_count++], patterns[i]);
  }
}

static int matches(const char *pattern, const char *text) {
  if (*pattern == 0) return *text == 0;
  if (*pattern == '*') return matches(pattern + 1, text) || (*text && matches(pattern, text + 1));
  return *pattern == *text && matches(pattern + 1, text + 1);
}

int main(int argc, char **argv) {
  if (compiled_count == 0) initialize();
  printf("%s: %d patterns\n", entry, compiled_count);
  for (int i = 1; i < argc; i++) {
    printf("%s:", argv[i]);
    for (int j = 0; j < compiled_count; j++)
      if (matches(compiled[j], argv[i])) printf(" %s", compiled[j]);
    printf("\n");
  }
  return 0;
}

extern int __main_void(void);

__attribute__((export_name("resume"))) void resume(void) {
  entry = "resume";
  __main_void();
}
