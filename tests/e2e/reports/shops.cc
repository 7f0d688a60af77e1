// Time that is spent in functions that a compiler has put into their caller.
static volatile unsigned sum;

namespace shop {

static inline unsigned weigh(unsigned box) {
  for (unsigned i = 0; i < 20; i++) box = box * 1664525u + 1013904223u;
  return box;
}

static inline void fill(unsigned boxes) {
  for (unsigned i = 0; i < boxes; i++) sum = sum + weigh(i);
}

}  // namespace shop

extern "C" __attribute__((noinline)) void open_shop(unsigned boxes) { shop::fill(boxes); }

extern "C" __attribute__((export_name("wizer-initialize"))) void init() { open_shop(20000000); }
