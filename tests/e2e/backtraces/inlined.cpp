// A trap in functions that are inlined into one another: a member function, a lambda, a template.
#include <cstdint>
#include <cstdlib>

namespace shop {

struct Shelf {
  int capacity;
  int used = 0;
  inline void put(int count) {
    if (used + count > capacity) {
      __builtin_trap();
    }
    used += count;
  }
};

static inline void unpack(Shelf &shelf, int boxes) {
  shelf.put(boxes * 2);
}

template <class Count>
static inline void fill(Shelf &shelf, Count deliveries) {
  for (Count i = 0; i < deliveries; i++) {
    auto deliver = [&shelf](Count box) { unpack(shelf, static_cast<int>(box)); };
    deliver(i);
  }
}

}  // namespace shop

static shop::Shelf shelf{20};

extern "C" __attribute__((noinline)) void open_shop(int deliveries) {
  shop::fill<std::int64_t>(shelf, deliveries);
}

static void (*volatile opening)(int) = open_shop;

extern "C" __attribute__((export_name("wizer.initialize"))) void init() {
  opening(20);
  shelf.used++;
}
