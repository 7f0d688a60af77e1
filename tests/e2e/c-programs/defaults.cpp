// Nothing to run but constructors; main without parameters, and an exit that main does not return from.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <wizer.h>

static volatile int constructions;

struct Table {
  int squares[1000];
  std::string name = std::string("squares of ") + std::to_string(1000);
  Table() {
    constructions = constructions + 1;
    for (int i = 0; i < 1000; i++) squares[i] = i * i;
  }
  ~Table() { std::puts("destroyed"); }
};

static Table table;

WIZER_DEFAULT_INIT();

int main() {
  std::printf("%s: %d, constructed %d times\n", table.name.c_str(), table.squares[999], constructions);
  std::exit(7);
}
