// A threaded interpreter: each instruction calls the next one's code as its last act, through a table (`return_call_indirect`).
// The program it runs looks for the longest chain of Collatz's below a limit, and mixes all lengths.
#include "program.h"

enum { LIMIT = 120000 };

typedef struct Instruction Instruction;
typedef uint64_t Code(const Instruction *at, uint64_t *registers, uint64_t value);
struct Instruction {
  Code *code;
  uint32_t a, b;
  int32_t target;
};

#define NEXT(to, value) __attribute__((musttail)) return (to)->code((to), registers, (value))

static uint64_t load(const Instruction *at, uint64_t *registers, uint64_t value) { NEXT(at + 1, registers[at->a]); }
static uint64_t store(const Instruction *at, uint64_t *registers, uint64_t value) {
  registers[at->a] = value;
  NEXT(at + 1, value);
}
static uint64_t constant(const Instruction *at, uint64_t *registers, uint64_t value) { NEXT(at + 1, at->b); }
static uint64_t add(const Instruction *at, uint64_t *registers, uint64_t value) { NEXT(at + 1, value + registers[at->a]); }
static uint64_t multiply(const Instruction *at, uint64_t *registers, uint64_t value) { NEXT(at + 1, value * at->b); }
static uint64_t increment(const Instruction *at, uint64_t *registers, uint64_t value) { NEXT(at + 1, value + at->b); }
static uint64_t half(const Instruction *at, uint64_t *registers, uint64_t value) { NEXT(at + 1, value >> 1); }
static uint64_t jump(const Instruction *at, uint64_t *registers, uint64_t value) { NEXT(at + at->target, value); }
static uint64_t jump_if_odd(const Instruction *at, uint64_t *registers, uint64_t value) {
  const Instruction *to = at + (value & 1 ? at->target : 1);
  NEXT(to, value);
}
static uint64_t jump_if_above(const Instruction *at, uint64_t *registers, uint64_t value) {
  const Instruction *to = at + (value > at->b ? at->target : 1);
  NEXT(to, value);
}
static uint64_t jump_if_not_above(const Instruction *at, uint64_t *registers, uint64_t value) {
  const Instruction *to = at + (value <= registers[at->a] ? at->target : 1);
  NEXT(to, value);
}
static uint64_t halt(const Instruction *at, uint64_t *registers, uint64_t value) { return value; }

enum { START, LENGTH, LONGEST, SUM, NUMBER };
static uint64_t registers[8];
static const Instruction program[] = {
    {constant, 0, 1, 0},          //  0
    {store, START, 0, 0},         //  1 next start:
    {store, NUMBER, 0, 0},        //  2
    {constant, 0, 0, 0},          //  3
    {store, LENGTH, 0, 0},        //  4
    {load, NUMBER, 0, 0},         //  5 next number:
    {jump_if_above, 0, 1, 2},     //  6
    {jump, 0, 0, 10},             //  7 to the end of the chain
    {jump_if_odd, 0, 0, 3},       //  8
    {half, 0, 0, 0},              //  9
    {jump, 0, 0, 3},              // 10
    {multiply, 0, 3, 0},          // 11
    {increment, 0, 1, 0},         // 12
    {store, NUMBER, 0, 0},        // 13
    {load, LENGTH, 0, 0},         // 14
    {increment, 0, 1, 0},         // 15
    {jump, 0, 0, -12},            // 16 to `store LENGTH`
    {load, SUM, 0, 0},            // 17 end of the chain:
    {multiply, 0, 31, 0},         // 18
    {add, LENGTH, 0, 0},          // 19
    {store, SUM, 0, 0},           // 20
    {load, LENGTH, 0, 0},         // 21
    {jump_if_not_above, LONGEST, 0, 2}, // 22
    {store, LONGEST, 0, 0},       // 23
    {load, START, 0, 0},          // 24
    {increment, 0, 1, 0},         // 25
    {jump_if_above, 0, LIMIT, 2}, // 26
    {jump, 0, 0, -26},            // 27
    {halt, 0, 0, 0},              // 28
};

INITIALIZE { program->code(program, registers, 0); }

EXPORT(longest) uint32_t longest(void) { return registers[LONGEST]; }
EXPORT(checksum) uint32_t checksum(void) { return registers[SUM]; }
