// A dictionary that is read from a file and indexed at build time, and asked at run time.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wizer.h>

struct word {
  char *text;
  int line;
  struct word *next;
};

static struct word *buckets[256];
static struct word **sorted;
static int word_count;

// Volatile, so that no compiler runs the constructors itself.
static volatile int constructions;
static volatile int initializations;

__attribute__((constructor)) static void construct_first(void) {
  constructions++;
}

__attribute__((constructor(200))) static void construct_early(void) {
  constructions++;
}

static unsigned hash(const char *text) {
  unsigned sum = 5381;
  for (; *text; text++) sum = sum * 33 + (unsigned char)*text;
  return sum % 256;
}

static struct word *find(const char *text) {
  struct word *word = buckets[hash(text)];
  while (word && strcmp(word->text, text) != 0) word = word->next;
  return word;
}

static int by_text(const void *left, const void *right) {
  return strcmp((*(struct word *const *)left)->text, (*(struct word *const *)right)->text);
}

static void read_words(void) {
  initializations++;
  FILE *file = fopen("/words/words.txt", "r");
  if (!file) {
    perror("words.txt");
    exit(2);
  }
  char line[64];
  for (int number = 1; fgets(line, sizeof line, file); number++) {
    line[strcspn(line, "\n")] = 0;
    if (find(line)) continue;
    struct word *word = malloc(sizeof *word);
    unsigned bucket = hash(line);
    *word = (struct word){strdup(line), number, buckets[bucket]};
    buckets[bucket] = word;
    word_count++;
  }
  fclose(file);

  sorted = malloc(word_count * sizeof *sorted);
  int at = 0;
  for (int bucket = 0; bucket < 256; bucket++)
    for (struct word *word = buckets[bucket]; word; word = word->next) sorted[at++] = word;
  qsort(sorted, word_count, sizeof *sorted, by_text);

  // One piece of output: a newline would be a second one, and how many of them a single call writes, the host decides. What the
  // libc does about it leaves traces on the stack, and so in the snapshot.
  printf("read %d words, %.3f of 7", word_count, word_count / 7.0);
  fflush(stdout);
}

WIZER_INIT(read_words);

static void say_goodbye(void) {
  puts("goodbye");
}

// Exits with the number of words that are not in the dictionary.
int main(int argc, char **argv) {
  atexit(say_goodbye);
  const char *greeting = getenv("GREETING");
  printf("%s: %d constructions, %d initializations, %d words, from %s to %s\n", greeting ? greeting : "(no greeting)", constructions,
         initializations, word_count, sorted[0]->text, sorted[word_count - 1]->text);

  int unknown = 0;
  for (int i = 1; i < argc; i++) {
    struct word *word = find(argv[i]);
    if (word)
      printf("%s: line %d\n", argv[i], word->line);
    else
      fprintf(stderr, "%s: unknown\n", argv[i]), unknown++;
  }
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    for (char *at = line; *at; at++) *at = (char)tolower((unsigned char)*at);
    printf("stdin, %s: %s\n", line, find(line) ? "known" : "unknown");
  }
  FILE *file = fopen("/words/answer.txt", "w");
  if (file) {
    fprintf(file, "%d unknown\n", unknown);
    fclose(file);
  }
  return unknown;
}
