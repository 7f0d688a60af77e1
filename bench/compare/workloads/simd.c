// An image is blurred, its colours are weighed, and it is turned into bytes: four lanes at a time.
#include "program.h"
#include <wasm_simd128.h>

enum { WIDTH = 1024, HEIGHT = 1024, PASSES = 6000 };

static float image[HEIGHT][WIDTH], next[HEIGHT][WIDTH];
static uint8_t bytes[HEIGHT][WIDTH];

static void blur(float (*from)[WIDTH], float (*to)[WIDTH]) {
  v128_t fifth = wasm_f32x4_splat(0.2f);
  for (int y = 1; y < HEIGHT - 1; y++)
    for (int x = 4; x < WIDTH - 4; x += 4) {
      v128_t sum = wasm_f32x4_add(wasm_v128_load(&from[y - 1][x]), wasm_v128_load(&from[y + 1][x]));
      sum = wasm_f32x4_add(sum, wasm_v128_load(&from[y][x]));
      sum = wasm_f32x4_add(sum, wasm_f32x4_add(wasm_v128_load(&from[y][x - 1]), wasm_v128_load(&from[y][x + 1])));
      wasm_v128_store(&to[y][x], wasm_f32x4_mul(sum, fifth));
    }
}

INITIALIZE {
  uint32_t state = 1;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) image[y][x] = next_random(&state) >> 24;
  for (int pass = 0; pass < PASSES; pass += 2) {
    blur(image, next);
    blur(next, image);
  }
  v128_t highest = wasm_i32x4_splat(255);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x += 16) {
      v128_t words[4];
      for (int i = 0; i < 4; i++) words[i] = wasm_i32x4_min(wasm_i32x4_trunc_sat_f32x4(wasm_v128_load(&image[y][x + 4 * i])), highest);
      v128_t low = wasm_i16x8_narrow_i32x4(words[0], words[1]), high = wasm_i16x8_narrow_i32x4(words[2], words[3]);
      wasm_v128_store(&bytes[y][x], wasm_u8x16_narrow_i16x8(low, high));
    }
}

EXPORT(checksum) uint32_t checksum(void) {
  uint32_t sum = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) sum = mix(sum, bytes[y][x]);
  return sum;
}
