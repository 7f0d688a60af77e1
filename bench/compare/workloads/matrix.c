// The product of two matrices of doubles, row by row.
#include "program.h"

#ifndef SHORT
enum { N = 1280 };
#else
enum { N = 128 };
#endif

static double a[N][N], b[N][N], product[N][N];

void run_matrix(void) {
  uint32_t state = 1;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j] = (int32_t)next_random(&state) / 65536.0;
      b[i][j] = (int32_t)next_random(&state) / 65536.0;
    }
  for (int i = 0; i < N; i++)
    for (int k = 0; k < N; k++) {
      double factor = a[i][k];
      for (int j = 0; j < N; j++) product[i][j] += factor * b[k][j];
    }
}

uint32_t matrix_checksum(void) {
  double sum = 0;
  for (int i = 0; i < N; i++) sum += product[i][i] / (i + 1);
  return (uint32_t)(int64_t)sum | 1;
}
