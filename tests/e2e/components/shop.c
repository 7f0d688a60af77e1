// A component's core module without a toolchain of its own: the canonical ABI by hand. `setup` is a bare initialization, `fill` one
// with arguments, and what both leave is asked for afterwards.
typedef unsigned u32;

#define EXPORT(name) __attribute__((export_name(name)))

static u32 prices[50000];
static u32 count;
static char title[64];
static u32 title_length;
static u32 heap;
extern unsigned char __heap_base;

EXPORT("cabi_realloc") void *cabi_realloc(void *old, u32 old_size, u32 align, u32 size) {
  if (!heap) heap = (u32)&__heap_base;
  heap = (heap + align - 1) & -align;
  void *place = (void *)heap;
  heap += size;
  while (heap > __builtin_wasm_memory_size(0) * 65536) __builtin_wasm_memory_grow(0, 1);
  for (u32 i = 0; i < old_size; i++) ((char *)place)[i] = ((char *)old)[i];
  return place;
}

static void set_title(const char *text, u32 length) {
  title_length = length < sizeof title ? length : sizeof title;
  for (u32 i = 0; i < title_length; i++) title[i] = text[i];
}

static void fill(u32 wanted) {
  count = wanted;
  for (u32 i = 0; i < wanted; i++) prices[i] = i * 2654435761u >> 7;
}

EXPORT("setup") void setup(void) {
  fill(1000);
  set_title("corner shop", 11);
}

static struct { unsigned char is_error, failure; u32 value; } result;

EXPORT("local:shop/init#fill") void *fill_shop(u32 wanted, const char *name, u32 length) {
  result.is_error = wanted > 50000;
  if (result.is_error) {
    *((unsigned char *)&result + 4) = 0;
    return &result;
  }
  fill(wanted);
  set_title(name, length);
  result.value = wanted;
  return &result;
}

EXPORT("price") u32 price(u32 item) { return item < count ? prices[item] : 0; }

static struct { char *text; u32 length; } answer;

EXPORT("title") void *get_title(void) {
  answer.text = title;
  answer.length = title_length;
  return &answer;
}
