// Calls of WASI whose results are structures with gaps between their fields, into memory that is not zero: what they leave there
// is in the snapshot. Cleared afterwards is what depends on the machine.
#include <string.h>
#include <wasi/api.h>

struct results {
  unsigned char before[64];
  __wasi_fdstat_t streams[3];
  __wasi_fdstat_t directory;
  __wasi_prestat_t prestat;
  __wasi_filestat_t file, opened;
  __wasi_event_t events[2];
  __wasi_errno_t errors[16];
  __wasi_size_t sizes[8];
  unsigned char after[64];
};

static struct results results;

static void clear_file(__wasi_filestat_t *stat) {
  stat->dev = stat->ino = stat->atim = stat->mtim = stat->ctim = 0;
}

__attribute__((export_name("wizer-initialize"))) void initialize(void) {
  memset(&results, 0xa5, sizeof results);
  __wasi_errno_t *error = results.errors;
  __wasi_size_t *size = results.sizes;
  for (int fd = 0; fd < 3; fd++) *error++ = __wasi_fd_fdstat_get(fd, &results.streams[fd]);
  *error++ = __wasi_fd_fdstat_get(3, &results.directory);
  *error++ = __wasi_fd_prestat_get(3, &results.prestat);
  *error++ = __wasi_fd_prestat_get(9, &results.prestat);
  *error++ = __wasi_path_filestat_get(3, 0, "words.txt", &results.file);
  __wasi_fd_t fd = 0;
  *error++ = __wasi_path_open(3, 0, "words.txt", 0, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_FILESTAT_GET, 0, 0, &fd);
  *error++ = __wasi_fd_filestat_get(fd, &results.opened);
  *error++ = __wasi_fd_close(fd);
  *error++ = __wasi_args_sizes_get(size, size + 1);
  size += 2;
  *error++ = __wasi_environ_sizes_get(size, size + 1);
  size += 2;
  __wasi_subscription_t wanted[1] = {{.userdata = 77, .u = {.tag = __WASI_EVENTTYPE_CLOCK}}};
  wanted[0].u.u.clock = (__wasi_subscription_clock_t){.id = __WASI_CLOCKID_MONOTONIC, .timeout = 1};
  *error++ = __wasi_poll_oneoff(wanted, results.events, 1, size);

  clear_file(&results.file);
  clear_file(&results.opened);
}

// Of the errors, to see that the calls succeeded: all but the one to a descriptor that does not exist.
__attribute__((export_name("error"))) int error(int index) {
  return results.errors[index];
}
