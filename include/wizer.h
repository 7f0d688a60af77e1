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
 * arguments, the environment and the directories of that run, and then the destructors. For a reactor, which has no main,
 * `-r _initialize=wizer.resume` in place of `-r _start=wizer.resume` serves those that read `environ` itself; others need none.
 *
 * The environment and the list of directories, which the C library keeps, are forgotten when the initialization ends: what setenv
 * set until then is gone as well. Which library can do that, README.md says. Anything else in memory becomes part of the snapshot:
 * output that stdio has buffered (end with fflush), files that are still open (close them).
 *
 * As it comes from the linker, before wizer, such a program runs no constructors: _start leaves them to the exports below.
 */
#ifndef WIZER_H
#define WIZER_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
#define WIZER_CAST(type, value) static_cast<type>(value)
#define WIZER_NULL nullptr
#else
#define WIZER_C_LINKAGE extern
#define WIZER_CAST(type, value) ((type)(value))
#define WIZER_NULL 0
#endif

/*
 * Behind the macro is mostly a semicolon, which ISO C does not allow after a function. No end of the macro fits both with and
 * without, so the warning is turned off from there on; compilers that cannot do that get a word that takes it along.
 */
#ifdef __cplusplus
#define WIZER_END
#elif defined(__clang__)
#define WIZER_END _Pragma("clang diagnostic ignored \"-Wextra-semi\"")
#else
#define WIZER_END __extension__
#endif

/*
 * What wasi-libc has for us. Each is null where its version lacks it, or where the program links nothing that needs it, so that
 * nothing is linked for our sake.
 */
#define WIZER_WEAK_REFERENCE(symbol) __attribute__((__weakref__(symbol)))

static void wizer_deinitialize_environ(void) WIZER_WEAK_REFERENCE("__wasilibc_deinitialize_environ");
static void wizer_reinitialize_environ(void) WIZER_WEAK_REFERENCE("__wasilibc_maybe_reinitialize_environ_eagerly");
static void wizer_reset_preopens(void) WIZER_WEAK_REFERENCE("__wasilibc_reset_preopens");
static int wizer_find_from_current(const char *, const char **, char **, size_t *, int)
  WIZER_WEAK_REFERENCE("__wasilibc_find_relpath_alloc");
static void *wizer_malloc(size_t) WIZER_WEAK_REFERENCE("malloc");

/*
 * The function that collects the arguments and calls main has had two names, and depending on compiler and libc a program has one
 * of them or both, where the second leads to the first; a reactor has neither. From version 15 on, clang itself makes the first of a
 * main without parameters, unless C names it. `_environ` is there when the program names `environ`; linkers do not expect
 * position-independent code to ask whether it is.
 */
#if defined(__wasm__) && defined(__clang__) && __clang_major__ >= 15
#define WIZER_FIND_MAIN(address)                                                        \
  __asm__(".functype __main_void () -> (i32)\n\t.weak __main_void\n\ti32.const __main_void\n\tlocal.set %0" : "=r"(address))
#else
static int wizer_main_void(void) WIZER_WEAK_REFERENCE("__main_void");
static int wizer_original_main(void) WIZER_WEAK_REFERENCE("__original_main");
#define WIZER_FIND_MAIN(address) ((address) = wizer_main_void ? wizer_main_void : wizer_original_main)
#endif

#ifdef __wasm__
#define WIZER_FIND_ENVIRON(address) __asm__(".weak _environ\n\ti32.const _environ\n\tlocal.set %0" : "=r"(address))
#else
#define WIZER_FIND_ENVIRON(address) ((address) = WIZER_NULL)
#endif

/*
 * The linker makes these two from all constructors and destructors, and once a program names the first, wraps no export in calls of
 * its own.
 */
WIZER_C_LINKAGE void wizer_call_constructors(void) __asm__("__wasm_call_ctors");
WIZER_C_LINKAGE void wizer_call_destructors(void) __asm__("__wasm_call_dtors");

/*
 * The directories that are open from the start. wasi-libc has a function that forgets them only since April 2024; before, the list
 * that it makes when the program starts stays for good. So the two functions that look into that list are here as well, with a list
 * that can be forgotten. They are weak: libc's own take their place, and its list, where something else of the program needs what
 * lies in the same object file (in old versions, only __wasilibc_register_preopened_fd).
 */
struct wizer_directory {
  struct wizer_directory *next;
  const char *name; /* without what paths are stripped of, too */
  size_t length;
  int descriptor;
};

struct wizer_directory_list {
  struct wizer_directory *last;
  void (*volatile forget)(void); /* null unless there is a list; volatile, or compilers call it directly and it is always linked */
};

static struct wizer_directory_list wizer_directories;

WIZER_C_LINKAGE int wizer_fd_prestat_get(int descriptor, size_t *prestat)
  __attribute__((__import_module__("wasi_snapshot_preview1"), __import_name__("fd_prestat_get")));
WIZER_C_LINKAGE int wizer_fd_prestat_dir_name(int descriptor, char *name, size_t length)
  __attribute__((__import_module__("wasi_snapshot_preview1"), __import_name__("fd_prestat_dir_name")));

static inline const char *wizer_strip_name(const char *name) {
  for (;;) {
    if (name[0] == '/' || (name[0] == '.' && name[1] == '\0'))
      name += 1;
    else if (name[0] == '.' && name[1] == '/')
      name += 2;
    else
      return name;
  }
}

/* To ask for the names once more, without room for them, is how wizer is told that they are gone. */
static inline void wizer_forget_directories(void) {
  char nothing;
  for (; wizer_directories.last; wizer_directories.last = wizer_directories.last->next)
    (void)wizer_fd_prestat_dir_name(wizer_directories.last->descriptor, &nothing, 0);
  wizer_directories.forget = WIZER_NULL;
}

static inline void wizer_list_directories(void) {
  size_t prestat[2] = {0, 0}; /* what it is, always a directory, and the length of its name */
  int descriptor = 3;
  for (; wizer_fd_prestat_get(descriptor, prestat) == 0; descriptor++) {
    size_t length = prestat[1];
    struct wizer_directory *directory = WIZER_CAST(struct wizer_directory *, wizer_malloc(sizeof(struct wizer_directory)));
    char *name = WIZER_CAST(char *, wizer_malloc(length + 1));
    if (!directory || !name || wizer_fd_prestat_dir_name(descriptor, name, length) != 0) __builtin_trap();
    while (length > 0 && name[length - 1] == '/') length--;
    name[length] = '\0';
    directory->next = wizer_directories.last;
    directory->name = wizer_strip_name(name);
    directory->length = strlen(directory->name);
    directory->descriptor = descriptor;
    wizer_directories.last = directory;
  }
  wizer_directories.forget = wizer_forget_directories;
}

/* As libc does it: the longest name that the path begins with, and of equal ones the last. */
static inline int wizer_find_directory(const char *path, const char **name, const char **relative) {
  const struct wizer_directory *found = WIZER_NULL;
  const struct wizer_directory *directory;
  if (!wizer_directories.forget) wizer_list_directories();
  while (*path == '/') path++;
  for (directory = wizer_directories.last; directory; directory = directory->next) {
    size_t length = directory->length;
    if ((!found || length > found->length) && strncmp(path, directory->name, length) == 0 &&
        (length == 0 || path[length] == '/' || path[length] == '\0'))
      found = directory;
  }
  if (!found) {
    errno = ENOENT;
    return -1;
  }
  path += found->length;
  while (*path == '/') path++;
  *name = found->name;
  *relative = *path == '\0' ? "." : path;
  return found->descriptor;
}

/* The same from the current directory, which only programs with chdir have. */
static inline int wizer_find_directory_from_current(const char *path, const char **name, char **relative, size_t size) {
  const char *found = path;
  int descriptor;
  if (wizer_find_from_current) return wizer_find_from_current(path, name, relative, &size, 0);
  descriptor = wizer_find_directory(path, name, &found);
  if (descriptor >= 0) memcpy(relative, &found, sizeof found);
  return descriptor;
}

/* Version 2 of WASI has no descriptors, and the libc of compilers before clang 12 calls them with other parameters. */
#if !defined(__clang__) || __clang_major__ < 12 || defined(__wasip2__) || defined(__wasip3__) || defined(__wasilibc_use_wasip2)
#define WIZER_DIRECTORY_LOOKUP
#else
#define WIZER_DIRECTORY_LOOKUP                                                          \
  WIZER_C_LINKAGE int wizer_find_abspath(const char *, const char **, const char **)    \
    __asm__("__wasilibc_find_abspath") __attribute__((__weak__));                       \
  WIZER_C_LINKAGE int wizer_find_abspath(                                               \
    const char *path, const char **name, const char **relative) {                       \
    return wizer_find_directory(path, name, relative);                                  \
  }                                                                                     \
                                                                                        \
  WIZER_C_LINKAGE int wizer_find_relpath(const char *, const char **, char **, size_t)  \
    __asm__("__wasilibc_find_relpath") __attribute__((__weak__));                       \
  WIZER_C_LINKAGE int wizer_find_relpath(                                               \
    const char *path, const char **name, char **relative, size_t size) {                \
    return wizer_find_directory_from_current(path, name, relative, size);               \
  }
#endif

/* Programs that name `environ` itself have it read when they start: they find none until they are resumed. All others have it read
   when they first ask for it. */
static inline void wizer_forget_environ(void) {
  static char *none[1];
  char ***environment;
  if (!wizer_deinitialize_environ) return;
  wizer_deinitialize_environ();
  WIZER_FIND_ENVIRON(environment);
  if (environment) *environment = none;
}

static inline void wizer_end_initialization(void) {
  wizer_forget_environ();
  if (wizer_reset_preopens) wizer_reset_preopens();
  if (wizer_directories.forget) wizer_directories.forget();
}

/* What follows main is what the libc's own _start does: exit for a failure, else the destructors and a return. */
static inline void wizer_run_main(void) {
  int (*main_void)(void);
  int status;
  if (wizer_deinitialize_environ) wizer_deinitialize_environ();
  if (wizer_reinitialize_environ) wizer_reinitialize_environ();
  WIZER_FIND_MAIN(main_void);
  if (!main_void) return;
  status = main_void();
  if (status != 0) exit(status);
  wizer_call_destructors();
}

/*
 * A reactor's _initialize, which wizer calls first, has run the constructors already: one of ours says so. It writes to a volatile
 * variable because compilers evaluate the simpler constructors themselves.
 */
#define WIZER_INIT(init_func)                                                           \
  static volatile int wizer_has_constructed;                                            \
  __attribute__((__constructor__)) static void wizer_note_construction(void) {          \
    wizer_has_constructed = 1;                                                          \
  }                                                                                     \
                                                                                        \
  WIZER_DIRECTORY_LOOKUP                                                                \
                                                                                        \
  WIZER_C_LINKAGE __attribute__((__export_name__(WIZER_INITIALIZE_NAME)))               \
  void wizer_initialize(void);                                                          \
  WIZER_C_LINKAGE void wizer_initialize(void) {                                         \
    if (!wizer_has_constructed) wizer_call_constructors();                              \
    init_func();                                                                        \
    wizer_end_initialization();                                                         \
  }                                                                                     \
                                                                                        \
  WIZER_C_LINKAGE __attribute__((__export_name__(WIZER_RESUME_NAME)))                   \
  void wizer_resume(void);                                                              \
  WIZER_C_LINKAGE void wizer_resume(void) {                                             \
    wizer_run_main();                                                                   \
  }                                                                                     \
  WIZER_END

#define WIZER_DEFAULT_INIT()                                                            \
  static void wizer_initialize_nothing(void) {}                                         \
  WIZER_INIT(wizer_initialize_nothing)

#endif
