// What a Rust library of crate type `cdylib` for wasm32-wasip1 looks like from outside: `_initialize` runs the constructors, an
// exported function sets up a lazily made global, buffers are handed over by address and length, a failure is a trap.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *text;
  uint32_t length, capacity;
} String;

typedef struct {
  String key;
  uint64_t value;
} Entry;

typedef struct {
  Entry *entries;
  uint32_t count, capacity;
} Table;

static Table *volatile global_table;
static volatile int constructions;

__attribute__((constructor)) static void construct(void) {
  constructions++;
}

static String string_from(const char *text, uint32_t length) {
  String made = {malloc(length), length, length};
  memcpy(made.text, text, length);
  return made;
}

// Sorted by key. A growing array moves now and then, so that the heap of the snapshot has holes.
static void insert(Table *table, String key, uint64_t value) {
  if (table->count == table->capacity) {
    table->capacity = table->capacity ? table->capacity * 2 : 4;
    table->entries = realloc(table->entries, table->capacity * sizeof(Entry));
  }
  uint32_t at = table->count++;
  for (; at > 0; at--) {
    Entry *before = &table->entries[at - 1];
    uint32_t shorter = before->key.length < key.length ? before->key.length : key.length;
    int order = memcmp(before->key.text, key.text, shorter);
    if (order < 0 || (order == 0 && before->key.length <= key.length)) break;
    table->entries[at] = *before;
  }
  table->entries[at] = (Entry){key, value};
}

__attribute__((export_name("wizer-initialize"))) void initialize(void) {
  if (global_table || constructions != 1) __builtin_trap();
  Table *table = calloc(1, sizeof *table);
  uint64_t state = 42;
  for (int i = 0; i < 2000; i++) {
    char text[8];
    uint32_t length = 3 + state % 5;
    for (uint32_t j = 0; j < length; j++) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      text[j] = 'a' + (state >> 33) % 26;
    }
    insert(table, string_from(text, length), i);
  }
  global_table = table;
}

__attribute__((export_name("alloc"))) void *alloc(uint32_t length) {
  return malloc(length);
}

__attribute__((export_name("dealloc"))) void dealloc(void *address, uint32_t length) {
  (void)length;
  free(address);
}

__attribute__((export_name("count"))) uint32_t count(void) {
  return global_table->count;
}

__attribute__((export_name("constructions"))) int count_constructions(void) {
  return constructions;
}

__attribute__((export_name("value"))) double value(uint32_t index) {
  if (index >= global_table->count) __builtin_trap();
  return (double)global_table->entries[index].value;
}

// Over all keys, in their order.
__attribute__((export_name("checksum"))) uint32_t checksum(void) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < global_table->count; i++) {
    String key = global_table->entries[i].key;
    for (uint32_t j = 0; j < key.length; j++) sum = sum * 31 + (uint8_t)key.text[j];
  }
  return sum;
}
