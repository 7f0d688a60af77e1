// A program of a C library, as a reactor: what it asks of WASI while it is initialized is there when it answers. The component is made
// with the adapter of preview 1, through which all of it goes.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define EXPORT(name) __attribute__((export_name(name)))

static char text[1 << 16];
static size_t length;

EXPORT("cabi_realloc") void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  (void)old_size;
  (void)align;
  return realloc(old, size);
}

static void add(const char *line) {
  size_t size = strlen(line);
  if (length + size + 1 < sizeof text) {
    memcpy(text + length, line, size);
    length += size;
    text[length++] = '\n';
  }
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void read_file(const char *name) {
  char path[256], line[256];
  snprintf(path, sizeof path, "/data/%s", name);
  struct stat status;
  if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) return;
  snprintf(line, sizeof line, "%s: %d bytes", name, (int)status.st_size);
  add(line);
  FILE *file = fopen(path, "r");
  if (!file) return;
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    add(line);
  }
  fclose(file);
}

EXPORT("setup") void setup(void) {
  char line[256];
  snprintf(line, sizeof line, "GREETING is %s", getenv("GREETING") ? getenv("GREETING") : "not set");
  add(line);

  struct dirent **names;
  int count = scandir("/data", &names, NULL, by_name);
  for (int i = 0; i < count; i++) {
    if (names[i]->d_name[0] != '.') read_file(names[i]->d_name);
    free(names[i]);
  }
  if (count >= 0) free(names);

  add(access("/data/../secret", F_OK) == 0 ? "the secret is there" : "there is no way out");
  add(fopen("/elsewhere/file", "r") ? "elsewhere is there" : "there is nothing elsewhere");
  FILE *made = fopen("/data/made", "w+");
  if (made) {
    fprintf(made, "one\ntwo\n");
    fseek(made, 4, SEEK_SET);
    if (fgets(line, sizeof line, made)) add(strcmp(line, "two\n") == 0 ? "a file was made and read" : "a file was made");
    fclose(made);
    unlink("/data/made");
  }

  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  clock_gettime(CLOCK_MONOTONIC, &after);
  add(before.tv_sec <= after.tv_sec && time(NULL) >= 0 ? "time goes on" : "time goes back");
  unsigned char random[16] = {0}, zeros[16] = {0};
  add(getentropy(random, sizeof random) == 0 && memcmp(random, zeros, sizeof zeros) ? "chance is there" : "there is no chance");
  printf("%d lines\n", (int)length);
  fflush(stdout);
}

static struct { char *text; size_t length; } answered;

EXPORT("answer") void *answer(void) {
  answered.text = text;
  answered.length = length;
  return &answered;
}
