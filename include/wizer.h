/*
 * For C and C++ programs that wizer pre-initializes. In one source file of the program:
 *
 *     #include <wizer.h>
 *
 *     static void fill_tables(void) { ... }
 *     WIZER_INIT(fill_tables);
 *
 * or, when the constructors of global objects are all there is to run, `WIZER_DEFAULT_INIT();`. Then:
 *
 *     wizer --allow-wasi -f wizer.initialize -r _start=wizer.resume program.wasm -o initialized.wasm
 *
 * Constructors and the function run at build time, in this order, each once. The new program's _start runs main, with the
 * arguments and the environment of that run, and then the destructors.
 *
 * What becomes part of the snapshot, because it lies in memory: output that stdio has buffered (end with fflush), the list of
 * directories that were open, and the environment, if the initialization asked for it.
 *
 * As it comes from the linker, before wizer, such a program runs no constructors: _start leaves them to the exports below.
 */
#ifndef WIZER_H
#define WIZER_H

#include <stdlib.h>

/* The name of the export that wizer is to call. With -DWIZER_INITIALIZE_NAME='"wizer-initialize"' it is the one that the
   command looks for unless it is told another. */
#ifndef WIZER_INITIALIZE_NAME
#define WIZER_INITIALIZE_NAME "wizer.initialize"
#endif

/* The name of the export that is to become _start. */
#ifndef WIZER_RESUME_NAME
#define WIZER_RESUME_NAME "wizer.resume"
#endif

#ifdef __cplusplus
#define WIZER_C_LINKAGE extern "C"
#else
#define WIZER_C_LINKAGE extern
#endif

/*
 * The linker makes __wasm_call_ctors from all constructors, and once a program names it, wraps no export in calls of its own.
 * A reactor's _initialize, which wizer calls first, has run them already: a constructor of ours says so. It writes to a
 * volatile variable because compilers evaluate the simpler constructors themselves.
 *
 * The function that collects the arguments and calls main has had two names, and depending on compiler and libc a program
 * has one of them or both, where the second leads to the first. Weak references take what is there, without asking for
 * versions; a reactor has neither.
 *
 * What follows main is what the libc's own _start does: exit for a failure, else the destructors and a return.
 */
#define WIZER_INIT(init_func)                                                           \
  WIZER_C_LINKAGE void __wasm_call_ctors(void);                                         \
  WIZER_C_LINKAGE void __wasm_call_dtors(void);                                         \
  WIZER_C_LINKAGE int __main_void(void) __attribute__((__weak__));                      \
  WIZER_C_LINKAGE int __original_main(void) __attribute__((__weak__));                  \
                                                                                        \
  static volatile int wizer_has_constructed;                                            \
  __attribute__((__constructor__)) static void wizer_note_construction(void) {          \
    wizer_has_constructed = 1;                                                          \
  }                                                                                     \
                                                                                        \
  WIZER_C_LINKAGE __attribute__((__export_name__(WIZER_INITIALIZE_NAME)))               \
  void wizer_initialize(void) {                                                         \
    if (!wizer_has_constructed) __wasm_call_ctors();                                    \
    init_func();                                                                        \
  }                                                                                     \
                                                                                        \
  WIZER_C_LINKAGE __attribute__((__export_name__(WIZER_RESUME_NAME)))                   \
  void wizer_resume(void) {                                                             \
    int status = 0;                                                                     \
    if (__main_void)                                                                    \
      status = __main_void();                                                           \
    else if (__original_main)                                                           \
      status = __original_main();                                                       \
    if (status != 0) exit(status);                                                      \
    __wasm_call_dtors();                                                                \
  }

#define WIZER_DEFAULT_INIT()                                                            \
  static void wizer_initialize_nothing(void) {}                                         \
  WIZER_INIT(wizer_initialize_nothing)

#endif
