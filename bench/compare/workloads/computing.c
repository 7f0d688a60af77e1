// An initialization that computes for some seconds: primes, hashes, and a product of matrices.
// SHORT is for bench/profile, which counts what is executed.
#include "program.h"

void run_sieve(void), run_sha256(void), run_matrix(void);
uint32_t sieve_checksum(void), sha256_checksum(void), matrix_checksum(void);

INITIALIZE {
  run_sieve();
  run_sha256();
  run_matrix();
}

EXPORT(primes) uint32_t primes(void) { return sieve_checksum(); }
EXPORT(digest) uint32_t digest_start(void) { return sha256_checksum(); }
EXPORT(trace) uint32_t trace(void) { return matrix_checksum(); }
