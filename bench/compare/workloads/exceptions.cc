// Rules that are tried one after the other, with objects to be destroyed on every way out, and some that fail (`-fwasm-exceptions`).
// The runtime that toolchains for WASI do not ship is at the end: what is thrown is one value at a time, and is caught by `...`.
#include <stdint.h>
#include <stdlib.h>

namespace {

uint32_t state = 1;
uint32_t next_random(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % limit;
}

struct Failure {
  uint32_t rule;
};

uint32_t depth, deepest, sum;
Failure *current;

struct Scope {
  Scope() {
    if (++depth > deepest) deepest = depth;
  }
  ~Scope() { depth--; }
};

struct Rule {
  virtual ~Rule() {}
  virtual uint32_t apply(uint32_t value) const = 0;
};

struct Add : Rule {
  uint32_t term;
  explicit Add(uint32_t term) : term(term) {}
  uint32_t apply(uint32_t value) const override { return value * 31 + term; }
};

struct Refuse : Rule {
  uint32_t rest;
  explicit Refuse(uint32_t rest) : rest(rest) {}
  uint32_t apply(uint32_t value) const override {
    if (value % 61 == rest) throw Failure{rest};
    return value ^ rest;
  }
};

struct Group : Rule {
  const Rule *rules[4];
  uint32_t apply(uint32_t value) const override {
    Scope scope;
    for (const Rule *rule : rules) value = rule->apply(value);
    return value;
  }
};

struct Attempt : Rule {
  const Rule *rule, *otherwise;
  uint32_t apply(uint32_t value) const override {
    Scope scope;
    try {
      return rule->apply(value);
    } catch (...) {
      value += current->rule;
    }
    return otherwise->apply(value);
  }
};

const Rule *make_rule(int height) {
  if (height == 0) {
    uint32_t number = next_random(61);
    return next_random(4) == 0 ? static_cast<Rule *>(new Refuse(number)) : new Add(number);
  }
  if (height % 2 == 0) {
    Attempt *attempt = new Attempt;
    attempt->rule = make_rule(height - 1);
    attempt->otherwise = new Add(next_random(1000));
    return attempt;
  }
  Group *group = new Group;
  for (const Rule *&rule : group->rules) rule = make_rule(height - 1);
  return group;
}

}  // namespace

asm(".tagtype __cpp_exception i32\n.globl __cpp_exception\n__cpp_exception:\n");

extern "C" {

__attribute__((export_name("wizer.initialize"))) void initialize() {
  const Rule *rules = make_rule(8);
  for (uint32_t i = 0; i < 150000; i++) sum = rules->apply(sum + i);
}
__attribute__((export_name("deepest"))) uint32_t get_deepest() { return deepest + depth; }
__attribute__((export_name("checksum"))) uint32_t checksum() { return sum; }

static char storage[64];
void *__cxa_allocate_exception(size_t) noexcept { return storage; }
void __cxa_throw(void *object, void *, void (*)(void *)) {
  current = static_cast<Failure *>(object);
  __builtin_wasm_throw(0, object);
}
void *__cxa_begin_catch(void *object) noexcept { return object; }
void __cxa_end_catch() {}
}
