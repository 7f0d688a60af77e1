// A program that asks WASI while it is initialized and again when it runs: what the adapter of preview 1 and the C library keep of the one
// must not be there for the other.
#include <stdio.h>
#include <string.h>

#define EXPORT(name) __attribute__((export_name(name)))

// The adapter exports it to modules that import it.
__attribute__((import_module("wasi_snapshot_preview1"), import_name("reset_adapter_state"))) void reset_adapter_state(void);

static char text[4096];

static void add_file(void) {
  size_t length = strlen(text);
  FILE *file = fopen("/data/a.txt", "r");
  if (file) {
    length += fread(text + length, 1, sizeof text - length - 1, file);
    fclose(file);
  } else {
    length += snprintf(text + length, sizeof text - length, "no file\n");
  }
  text[length] = 0;
}

EXPORT("setup") void setup(void) {
  add_file();
  printf("%d bytes\n", (int)strlen(text));
  fflush(stdout);
}

static struct { char *text; size_t length; } answered;

EXPORT("answer") void *answer(void) {
  add_file();
  answered.text = text;
  answered.length = strlen(text);
  return &answered;
}

// Nobody calls it.
EXPORT("forget") void forget(void) { reset_adapter_state(); }
