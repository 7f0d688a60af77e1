// What is around a program: the environment and the directories, asked for while it is initialized and again when it runs.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wizer.h>

static char at_build[256];

static const char *first_line(const char *path) {
  static char line[64];
  FILE *file = fopen(path, "r");
  if (!file) return "nothing";
  if (!fgets(line, sizeof line, file)) line[0] = '\0';
  line[strcspn(line, "\n")] = '\0';
  fclose(file);
  return line;
}

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value ? value : "nothing";
}

static void look_around(void) {
  static const char *const paths[] = {"/conf/name.txt", "/run/name.txt", "/run/deep/name.txt", "name.txt"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) printf("%s: %s\n", paths[i], first_line(paths[i]));
  printf("WHO=%s, SET=%s, ONLY_AT_BUILD=%s\n", variable("WHO"), variable("SET"), variable("ONLY_AT_BUILD"));
#ifdef NAMES_ENVIRON
  extern char **environ;
  int count = 0;
  while (environ[count]) count++;
  printf("%d variables\n", count);
#endif
}

static void initialize(void) {
  snprintf(at_build, sizeof at_build, "%s, %s", first_line("/conf/name.txt"), variable("ONLY_AT_BUILD"));
  setenv("SET", "while initializing", 1);
  setenv("WHO", "the initialization", 1);
#ifdef CHANGES_DIRECTORY
  chdir("/conf");
#endif
}
WIZER_INIT(initialize);

static void write_note(void) {
  FILE *file = fopen("/run/note.txt", "w");
  if (file) fputs("written\n", file), fclose(file);
}

#ifdef REACTOR
__attribute__((export_name("look"))) int look(void) {
#else
int main(void) {
#endif
  printf("at build: %s\n", at_build);
  look_around();
  write_note();
  return fflush(stdout);
}
