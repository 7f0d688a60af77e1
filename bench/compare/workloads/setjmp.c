// A reader of expressions that leaves with longjmp where it meets a mistake, however deep it is, as interpreters written in C do.
#include <setjmp.h>
#include <stdint.h>

enum { COUNT = 1000000, MAX_LENGTH = 64 };

typedef struct Reader {
  const char *at;
  jmp_buf mistake;
} Reader;

static uint32_t state = 1;
static uint32_t next_random(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % limit;
}

// An expression of digits, operators and parentheses; one in four has a character too many.
static void make_expression(char *text) {
  char *at = text;
  int open = 0;
  for (int terms = 2 + next_random(8); terms > 0; terms--) {
    for (; open < 6 && next_random(3) == 0; open++) *at++ = '(';
    *at++ = '0' + next_random(10);
    for (; open > 0 && next_random(3) == 0; open--) *at++ = ')';
    if (terms > 1) *at++ = "+-*"[next_random(3)];
  }
  for (; open > 0; open--) *at++ = ')';
  *at = 0;
  if (next_random(4) == 0) text[next_random(at - text)] = '?';
}

static int32_t read_sum(Reader *reader);

__attribute__((noinline)) static int32_t read_term(Reader *reader) {
  char character = *reader->at++;
  if (character >= '0' && character <= '9') return character - '0';
  if (character != '(') longjmp(reader->mistake, 1);
  int32_t value = read_sum(reader);
  if (*reader->at++ != ')') longjmp(reader->mistake, 2);
  return value;
}

__attribute__((noinline)) static int32_t read_product(Reader *reader) {
  uint32_t value = read_term(reader);
  while (*reader->at == '*') {
    reader->at++;
    value *= (uint32_t)read_term(reader);
  }
  return value;
}

__attribute__((noinline)) static int32_t read_sum(Reader *reader) {
  uint32_t value = read_product(reader);
  for (;;) {
    if (*reader->at == '+') {
      reader->at++;
      value += (uint32_t)read_product(reader);
    } else if (*reader->at == '-') {
      reader->at++;
      value -= (uint32_t)read_product(reader);
    } else {
      return value;
    }
  }
}

static uint32_t sum, mistakes[3];

__attribute__((noinline)) static void evaluate(const char *text) {
  Reader reader = {text};
  int mistake = setjmp(reader.mistake);
  if (mistake) {
    mistakes[mistake]++;
    return;
  }
  int32_t value = read_sum(&reader);
  if (*reader.at) longjmp(reader.mistake, 2);
  sum = sum * 31 + value;
}

__attribute__((export_name("wizer.initialize"))) void initialize(void) {
  char text[MAX_LENGTH];
  for (int i = 0; i < COUNT; i++) {
    make_expression(text);
    for (int again = 0; again < 4; again++) evaluate(text);
  }
}

__attribute__((export_name("mistake_count"))) uint32_t mistake_count(int kind) { return mistakes[kind]; }
__attribute__((export_name("checksum"))) uint32_t checksum(void) { return sum; }
