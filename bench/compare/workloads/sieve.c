// The primes below 2^29, in a bitmap of odd numbers.
#include "program.h"
#include <string.h>

#ifndef SHORT
enum { LIMIT = 1 << 29 };
#else
enum { LIMIT = 1 << 22 };
#endif

static uint8_t composite[LIMIT / 16];
static uint32_t count;

void run_sieve(void) {
  for (uint32_t n = 3; n < 23171; n += 2) {
    if (composite[n >> 4] >> (n >> 1 & 7) & 1) continue;
    for (uint32_t multiple = n * n; multiple < LIMIT; multiple += 2 * n) composite[multiple >> 4] |= 1 << (multiple >> 1 & 7);
  }
  count = 1;
  for (uint32_t n = 3; n < LIMIT; n += 2) count += !(composite[n >> 4] >> (n >> 1 & 7) & 1);
}

uint32_t sieve_checksum(void) { return count; }
