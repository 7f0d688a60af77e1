// What the programs share: the names under which they are initialized and asked afterwards, and numbers by chance that are
// the same every time.
#pragma once
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
#define C_LINKAGE extern "C"
#else
#define C_LINKAGE
#endif

#ifndef INITIALIZE
#define INITIALIZE C_LINKAGE __attribute__((export_name("wizer.initialize"))) void initialize(void)
#endif
#define EXPORT(name) C_LINKAGE __attribute__((export_name(#name)))

static inline uint32_t next_random(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static inline uint32_t mix(uint32_t sum, uint32_t value) { return (sum ^ value) * 16777619u; }

// Word `index` of a vocabulary without end; its length.
enum { MAX_WORD = 32 };
static inline int make_word(int index, char *word) {
  static const char *const syllables[] = {"ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta", "ve", "wi", "xo", "zu", "str", "nd", "ch", "th"};
  uint32_t state = index * 2654435761u + 1;
  int length = 0;
  for (int count = 2 + next_random(&state) % 4; count > 0; count--) {
    const char *syllable = syllables[next_random(&state) % 24];
    length += strlen(strcpy(word + length, syllable));
  }
  return length;
}
