// Calls the functions of WASI preview 1 themselves, on every kind of descriptor and many kinds of paths, and prints the error
// numbers. What no caller may pass, and the original traps at, is left out. The current directory is that of files.c.
#include <stdint.h>
#include <string.h>

typedef uint32_t u32;
typedef uint64_t u64;
#define W(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
u32 fd_advise(u32, u64, u64, u32) W(fd_advise);
u32 fd_allocate(u32, u64, u64) W(fd_allocate);
u32 fd_close(u32) W(fd_close);
u32 fd_datasync(u32) W(fd_datasync);
u32 fd_fdstat_get(u32, void *) W(fd_fdstat_get);
u32 fd_fdstat_set_flags(u32, u32) W(fd_fdstat_set_flags);
u32 fd_fdstat_set_rights(u32, u64, u64) W(fd_fdstat_set_rights);
u32 fd_filestat_get(u32, void *) W(fd_filestat_get);
u32 fd_filestat_set_size(u32, u64) W(fd_filestat_set_size);
u32 fd_filestat_set_times(u32, u64, u64, u32) W(fd_filestat_set_times);
u32 fd_pread(u32, const void *, u32, u64, void *) W(fd_pread);
u32 fd_prestat_get(u32, void *) W(fd_prestat_get);
u32 fd_prestat_dir_name(u32, void *, u32) W(fd_prestat_dir_name);
u32 fd_pwrite(u32, const void *, u32, u64, void *) W(fd_pwrite);
u32 fd_read(u32, const void *, u32, void *) W(fd_read);
u32 fd_readdir(u32, void *, u32, u64, void *) W(fd_readdir);
u32 fd_renumber(u32, u32) W(fd_renumber);
u32 fd_seek(u32, u64, u32, void *) W(fd_seek);
u32 fd_sync(u32) W(fd_sync);
u32 fd_tell(u32, void *) W(fd_tell);
u32 fd_write(u32, const void *, u32, void *) W(fd_write);
u32 path_create_directory(u32, const void *, u32) W(path_create_directory);
u32 path_filestat_get(u32, u32, const void *, u32, void *) W(path_filestat_get);
u32 path_filestat_set_times(u32, u32, const void *, u32, u64, u64, u32) W(path_filestat_set_times);
u32 path_link(u32, u32, const void *, u32, u32, const void *, u32) W(path_link);
u32 path_open(u32, u32, const void *, u32, u32, u64, u64, u32, void *) W(path_open);
u32 path_readlink(u32, const void *, u32, void *, u32, void *) W(path_readlink);
u32 path_remove_directory(u32, const void *, u32) W(path_remove_directory);
u32 path_rename(u32, const void *, u32, u32, const void *, u32) W(path_rename);
u32 path_symlink(const void *, u32, u32, const void *, u32) W(path_symlink);
u32 path_unlink_file(u32, const void *, u32) W(path_unlink_file);
u32 poll_oneoff(const void *, void *, u32, void *) W(poll_oneoff);
u32 proc_raise(u32) W(proc_raise);
u32 sched_yield_(void) W(sched_yield);
u32 random_get(void *, u32) W(random_get);
u32 clock_res_get(u32, void *) W(clock_res_get);
u32 clock_time_get(u32, u64, void *) W(clock_time_get);
u32 args_get(void *, void *) W(args_get);
u32 args_sizes_get(void *, void *) W(args_sizes_get);
u32 sock_accept(u32, u32, void *) W(sock_accept);
u32 sock_recv(u32, void *, u32, u32, void *, void *) W(sock_recv);
u32 sock_send(u32, void *, u32, u32, void *) W(sock_send);
u32 sock_shutdown(u32, u32) W(sock_shutdown);

static char out[1 << 18];
static u32 length;
static void text(const char *s) { while (*s) out[length++] = *s++; }
static void number(u64 n) {
  char digits[24]; int i = 0;
  do digits[i++] = '0' + n % 10; while (n /= 10);
  while (i) out[length++] = digits[--i];
}
static void hex(u64 n) {
  text("0x");
  for (int i = 60; i >= 0; i -= 4) if (n >> i || i == 0) out[length++] = "0123456789abcdef"[n >> i & 15];
}
static void flush(void) {
  u32 at = 0, n;
  while (at < length) {
    u32 v[2] = {(u32)(uintptr_t)out + at, length - at};
    if (fd_write(1, v, 1, &n)) break;
    at += n;
  }
  length = 0;
}
static void show(const char *what, u32 errno_) { text(what); text(" = "); number(errno_); text("\n"); }
#define P(call) show(#call, call)

static char buffer[4096], buffer2[4096];
static u32 n32;
static u64 n64;

static u64 ALL = (1ull << 29) - 1;
static u32 open_(u32 dir, const char *path, u32 oflags, u64 rights, u32 fdflags, u32 look, u32 *fd) {
  *fd = 77;
  return path_open(dir, look, path, strlen(path), oflags, rights, rights, fdflags, fd);
}

static void each(const char *label, u32 fd) {
  u32 v[2]; v[0] = (u32)(uintptr_t)buffer; v[1] = 3;
  text("== "); text(label); text("\n");
  P(fd_advise(fd, 0, 10, 0));
  P(fd_advise(fd, ~0ull, 10, 0));
  P(fd_datasync(fd));
  P(fd_sync(fd));
  memset(buffer, 0, 64);
  P(fd_fdstat_get(fd, buffer));
  text("  type "); number(buffer[0]); text(" flags "); number(*(uint16_t *)(buffer + 2));
  text(" rights "); hex(*(u64 *)(buffer + 8)); text(" "); hex(*(u64 *)(buffer + 16)); text("\n");
  memset(buffer, 0, 64);
  P(fd_filestat_get(fd, buffer));
  text("  type "); number(buffer[16]); text(" size "); number(buffer[16] == 3 ? 0 : *(u64 *)(buffer + 32)); text("\n");
  P(fd_tell(fd, &n64));
  P(fd_seek(fd, 0, 1, &n64));
  P(fd_seek(fd, 0, 0, &n64));
  P(fd_seek(fd, 0, 2, &n64));
  P(fd_seek(fd, -1ull, 0, &n64));
  P(fd_seek(fd, 0, 0, &n64));
  P(fd_prestat_get(fd, buffer));
  P(fd_prestat_dir_name(fd, buffer, 100));
  P(fd_prestat_dir_name(fd, buffer, 0));
  if (fd != 0) { P(fd_read(fd, v, 1, &n32)); number(n32); text("\n"); }
  P(fd_pread(fd, v, 1, 1, &n32));
  P(fd_pread(fd, v, 1, ~0ull, &n32));
  memcpy(buffer, "xyz", 3);
  if (fd != 1 && fd != 2) P(fd_write(fd, v, 1, &n32));
  P(fd_pwrite(fd, v, 1, 0, &n32));
  P(fd_pwrite(fd, v, 1, ~0ull, &n32));
  P(fd_write(fd, v, 0, &n32));
  P(fd_read(fd, v, 0, &n32));
  P(fd_readdir(fd, buffer, 100, 0, &n32));
  P(fd_filestat_set_size(fd, 10));
  P(fd_filestat_set_size(fd, ~0ull));
  P(fd_filestat_set_times(fd, 0, 0, 0));
  P(fd_filestat_set_times(fd, 1000, 1000, 5));
  P(fd_allocate(fd, 0, 10));
  P(fd_allocate(fd, 0, 0));
  P(fd_allocate(fd, ~0ull, 10));
  P(fd_fdstat_set_flags(fd, 1));
  P(fd_fdstat_set_flags(fd, 4));
  P(fd_fdstat_set_flags(fd, 16));
  P(fd_fdstat_set_flags(fd, 0));
  P(fd_fdstat_set_rights(fd, ALL, ALL));
  P(path_create_directory(fd, "new", 3));
  P(path_remove_directory(fd, "new", 3));
  P(path_filestat_get(fd, 1, "f", 1, buffer));
  P(path_filestat_set_times(fd, 1, "f", 1, 0, 0, 0));
  P(path_link(fd, 0, "f", 1, fd, "hard", 4));
  P(path_open(fd, 1, "f", 1, 0, 2, 0, 0, &n32));
  P(path_readlink(fd, "link", 4, buffer, 100, &n32));
  P(path_rename(fd, "hard", 4, fd, "hard2", 5));
  P(path_symlink("f", 1, fd, "soft", 4));
  P(path_unlink_file(fd, "soft", 4));
  P(path_unlink_file(fd, "hard2", 5));
  P(sock_shutdown(fd, 1));
  P(sock_recv(fd, v, 1, 0, &n32, buffer2));
  P(sock_send(fd, v, 0, 0, &n32));
  P(sock_accept(fd, 0, &n32));
  unsigned char sub[48] = {0}, ev[32] = {0};
  n32 = 0;
  sub[8] = 2; *(u32 *)(sub + 16) = fd;
  P(poll_oneoff(sub, ev, 1, &n32));
  text("  n "); number(n32); text(" error "); number(*(uint16_t *)(ev + 8)); text("\n");
  if (fd != 0) {
    sub[8] = 1;
    P(poll_oneoff(sub, ev, 1, &n32));
    text("  n "); number(n32); text(" error "); number(*(uint16_t *)(ev + 8)); text("\n");
  }
  flush();
}

static const char *paths[] = {"f", "d", "d/", "d/g", "none", "none/x", "f/", "f/x", "f/.", "link", "link/", "dlink", "dlink/", "dlink/g",
  "dangling", "up", "up/secret", "loop", "loop/x", "", ".", "./", "..", "../outside", "/", "/etc", "d/..", "d/../f", "d/../..", "d/../../root/f",
  "f\0x", "\xff\xfe",
  "LONGNAME", "LONGPATH", "d//g", ".//f", "nodir/x"};
static char longname[300], longpath[5000];

static void path(const char *p, u32 len) {
  u32 fd;
  text("== path '");
  for (u32 i = 0; i < len && i < 40; i++) {
    if (p[i] > 32 && p[i] < 127) {
      out[length++] = p[i];
    } else {
      out[length++] = '\\';
      number((unsigned char)p[i]);
    }
  }
  text("'\n");
  for (u32 look = 0; look < 2; look++) {
    text(look ? " follow\n" : " nofollow\n");
    P(path_filestat_get(3, look, p, len, buffer));
    P(path_filestat_set_times(3, look, p, len, 5000000000, 5000000000, 5));
    struct { const char *name; u32 oflags; u64 rights; u32 fdflags; } opens[] = {
      {"read", 0, 2, 0}, {"write", 0, 64, 0}, {"rw", 0, 66, 0}, {"neither", 0, 0, 0}, {"directory", 2, 2, 0}, {"directory rw", 2, 66, 0},
      {"directory readdir", 2, 1 << 14, 0}, {"excl", 4, 2, 0}, {"append", 0, 64, 1}, {"create|directory", 3, 2, 0},
    };
    for (u32 i = 0; i < sizeof opens / sizeof *opens; i++) {
      fd = 77;
      u32 e = path_open(3, look, p, len, opens[i].oflags, opens[i].rights, opens[i].rights, opens[i].fdflags, &fd);
      text("open "); show(opens[i].name, e);
      if (!e) {
        memset(buffer, 0, 24);
        fd_fdstat_get(fd, buffer);
        text("  type "); number(buffer[0]); text(" flags "); number(*(uint16_t *)(buffer + 2)); text("\n");
        fd_close(fd);
      }
    }
    P(path_link(3, look, p, len, 3, "hard", 4));
    path_unlink_file(3, "hard", 4);
  }
  P(path_readlink(3, p, len, buffer, 100, &n32));
  P(path_create_directory(3, p, len));
  P(path_remove_directory(3, p, len));
  flush();
}

static void mutate(void) {
  u32 fd;
  text("== creation\n");
  P(open_(3, "c1", 1, 66, 0, 1, &fd));
  P(fd_close(fd));
  P(fd_close(fd));
  P(open_(3, "c1", 5, 66, 0, 1, &fd));
  P(open_(3, "dangling", 5, 66, 0, 1, &fd));
  P(open_(3, "dangling", 5, 66, 0, 0, &fd));
  P(open_(3, "dangling", 1, 66, 0, 0, &fd));
  P(open_(3, "dangling", 1, 66, 0, 1, &fd));
  P(path_unlink_file(3, "nothing", 7));
  P(open_(3, "up/x", 1, 66, 0, 1, &fd));
  P(open_(3, "new/", 1, 66, 0, 1, &fd));
  P(open_(3, "c2", 1, 2, 0, 1, &fd));
  P(open_(3, "c3", 1, 0, 0, 1, &fd));
  P(open_(3, "f", 8, 64, 0, 1, &fd));
  P(open_(3, "f", 8, 2, 0, 1, &fd));
  P(open_(3, "d", 8, 64, 0, 1, &fd));
  P(open_(3, "d", 1, 2, 0, 1, &fd));
  P(open_(3, "d", 5, 2, 0, 1, &fd));
  text("== symlink\n");
  P(path_symlink("x", 1, 3, "f", 1));
  P(path_symlink("x", 1, 3, "s1", 2));
  P(path_symlink("x", 1, 3, "s1", 2));
  P(path_symlink("", 0, 3, "s2", 2));
  P(path_symlink("/abs", 4, 3, "s3", 2));
  P(path_symlink("../..", 5, 3, "s4", 2));
  P(path_symlink("x", 1, 3, "s5/", 3));
  P(path_symlink("x", 1, 3, "../s6", 5));
  P(path_symlink("x", 1, 3, "/s7", 3));
  P(path_symlink("x\0y", 3, 3, "s8", 2));
  P(path_symlink("x", 1, 3, "", 0));
  P(path_readlink(3, "s1", 2, buffer, 0, &n32)); number(n32); text("\n");
  P(path_readlink(3, "link", 4, buffer, 100, &n32)); number(n32); text("\n");
  P(path_readlink(3, "dlink", 5, buffer, 1, &n32)); number(n32); text("\n");
  text("== link\n");
  P(path_link(3, 0, "f", 1, 3, "h1", 2));
  P(path_link(3, 0, "f", 1, 3, "h1", 2));
  P(path_link(3, 1, "link", 4, 3, "h2", 2));
  P(path_link(3, 0, "link", 4, 3, "h3", 2));
  P(path_link(3, 0, "d", 1, 3, "h4", 2));
  P(path_link(3, 0, "f", 1, 3, "h5/", 3));
  P(path_link(3, 0, "f/", 2, 3, "h6", 2));
  P(path_link(3, 0, "../outside/secret", 17, 3, "h7", 2));
  P(path_link(3, 0, "f", 1, 3, "../h8", 5));
  P(path_link(3, 0, "f", 1, 3, "up/h9", 5));
  P(path_link(3, 0, "f", 1, 99, "h", 1));
  P(path_link(3, 0, "f", 1, 1, "h", 1));
  text("== rename\n");
  P(path_rename(3, "c1", 2, 3, "r1", 2));
  P(path_rename(3, "c1", 2, 3, "r1", 2));
  P(path_rename(3, "r1", 2, 3, "r1", 2));
  P(path_rename(3, "r1", 2, 3, "d", 1));
  P(path_rename(3, "d", 1, 3, "r1", 2));
  P(path_rename(3, "d", 1, 3, "d/sub", 5));
  P(path_create_directory(3, "e1", 2));
  P(path_create_directory(3, "e2/", 3));
  P(path_create_directory(3, "e2", 2));
  P(path_rename(3, "e1", 2, 3, "e2", 2));
  P(path_rename(3, "e2", 2, 3, "d", 1));
  P(path_rename(3, "e2/", 3, 3, "e3", 2));
  P(path_rename(3, "e3", 2, 3, "e4/", 3));
  P(path_rename(3, "r1", 2, 3, "r2/", 3));
  P(path_rename(3, "r1/", 3, 3, "r2", 2));
  P(path_rename(3, "r1", 2, 3, "../r3", 5));
  P(path_rename(3, "r1", 2, 3, "up/r3", 5));
  P(path_rename(3, "../outside/secret", 17, 3, "r4", 2));
  P(path_rename(3, "up/secret", 9, 3, "r5", 2));
  P(path_rename(3, "link", 4, 3, "link2", 5));
  P(path_rename(3, "r1", 2, 99, "r6", 2));
  P(path_rename(3, "r1", 2, 3, ".", 1));
  P(path_rename(3, ".", 1, 3, "r7", 2));
  P(path_rename(3, "d/..", 4, 3, "r7", 2));
  text("== remove\n");
  P(path_unlink_file(3, "d", 1));
  P(path_unlink_file(3, "d/", 2));
  P(path_unlink_file(3, "r1/", 3));
  P(path_unlink_file(3, ".", 1));
  P(path_unlink_file(3, "..", 2));
  P(path_unlink_file(3, "d/..", 4));
  P(path_unlink_file(3, "up/secret", 9));
  P(path_unlink_file(3, "../outside/secret", 17));
  P(path_unlink_file(3, "/etc/none", 9));
  P(path_unlink_file(3, "dlink", 5));
  P(path_unlink_file(3, "dlink/", 6));
  P(path_remove_directory(3, "r1", 2));
  P(path_remove_directory(3, "d", 1));
  P(path_remove_directory(3, "up", 2));
  P(path_remove_directory(3, "up/", 3));
  P(path_remove_directory(3, "../outside", 10));
  P(path_remove_directory(3, ".", 1));
  P(path_remove_directory(3, "d/.", 3));
  P(path_remove_directory(3, "..", 2));
  P(path_remove_directory(3, "e3", 2));
  P(path_remove_directory(3, "e4/", 3));
  P(path_create_directory(3, "", 0));
  P(path_create_directory(3, "../x", 4));
  P(path_create_directory(3, "/x", 2));
  P(path_create_directory(3, "up/x", 4));
  P(path_create_directory(3, "dangling", 8));
  text("== renumber\n");
  P(open_(3, "f", 0, 66, 0, 1, &fd));
  P(fd_renumber(fd, 99));
  P(fd_renumber(99, fd));
  P(fd_renumber(fd, fd));
  u32 fd2;
  P(open_(3, "d", 2, 2, 0, 1, &fd2));
  P(fd_renumber(fd, fd2));
  P(fd_tell(fd, &n64));
  P(fd_tell(fd2, &n64));
  P(fd_renumber(fd2, 3));
  P(fd_prestat_get(3, buffer));
  flush();
}

static void misc(void) {
  u32 fd, v[4];
  text("== misc\n");
  P(proc_raise(0));
  P(sched_yield_());
  P(random_get(buffer, 0));
  P(clock_res_get(0, &n64));
  P(clock_res_get(1, &n64));
  P(clock_res_get(2, &n64));
  P(clock_res_get(3, &n64));
  P(clock_time_get(0, 0, &n64));
  P(clock_time_get(1, 0, &n64));
  P(clock_time_get(2, 0, &n64));
  P(clock_time_get(3, 0, &n64));
  P(poll_oneoff(buffer, buffer2, 0, &n32));
  unsigned char subs[48 * 4] = {0}, ev[32 * 4] = {0};
  n32 = 0;
  // The timer is far away, so that it cannot be over before the descriptor that is none is looked at.
  subs[0] = 1; subs[16] = 1; *(u64 *)(subs + 24) = 10000000000;
  subs[48] = 2; subs[48 + 8] = 2; subs[48 + 16] = 99;
  P(poll_oneoff(subs, ev, 2, &n32));
  text("  n "); number(n32); text(" user "); number(ev[0]); text(" error "); number(*(uint16_t *)(ev + 8));
  text(" type "); number(ev[10]); text("\n");
  subs[8] = 0; *(u64 *)(subs + 24) = 5; *(uint16_t *)(subs + 40) = 1;
  P(poll_oneoff(subs, ev, 1, &n32));
  text("  n "); number(n32); text(" error "); number(*(uint16_t *)(ev + 8)); text("\n");
  text("== rights\n");
  P(open_(3, "f", 0, 2, 0, 1, &fd));
  P(fd_fdstat_set_rights(fd, 0, 0));
  P(fd_fdstat_set_rights(fd, 2, 0));
  v[0] = (u32)(uintptr_t)buffer; v[1] = 3;
  P(fd_read(fd, v, 1, &n32));
  P(fd_close(fd));
  P(open_(3, "f", 0, ALL, 0, 1, &fd));
  P(fd_fdstat_get(fd, buffer));
  text("  rights "); hex(*(u64 *)(buffer + 8)); text(" "); hex(*(u64 *)(buffer + 16)); text("\n");
  P(open_(3, "d", 2, ALL, 0, 1, &fd));
  P(fd_fdstat_get(fd, buffer));
  text("  rights "); hex(*(u64 *)(buffer + 8)); text(" "); hex(*(u64 *)(buffer + 16)); text("\n");
  text("== dirs\n");
  P(fd_readdir(3, buffer, 23, 0, &n32)); number(n32); text("\n");
  P(fd_readdir(3, buffer, 24, 0, &n32)); number(n32); text("\n");
  P(fd_readdir(3, buffer, 0, 0, &n32)); number(n32); text("\n");
  P(fd_readdir(3, buffer, 4096, 1000000, &n32)); number(n32); text("\n");
  P(fd_readdir(3, buffer, 4096, 0, &n32)); text("\n");
  text("== append\n");
  P(open_(3, "log", 1, 66, 1, 1, &fd));
  v[0] = (u32)(uintptr_t)"0123456789"; v[1] = 4; v[2] = v[0] + 4; v[3] = 6;
  P(fd_write(fd, v, 2, &n32)); number(n32); text("\n");
  P(fd_seek(fd, 0, 0, &n64));
  P(fd_write(fd, v, 1, &n32)); number(n32); text("\n");
  P(fd_tell(fd, &n64)); number(n64); text("\n");
  P(fd_pwrite(fd, v, 1, 1, &n32)); number(n32); text("\n");
  P(fd_seek(fd, 0, 2, &n64)); number(n64); text("\n");
  v[0] = (u32)(uintptr_t)buffer; v[1] = 4; v[2] = (u32)(uintptr_t)buffer + 4; v[3] = 100;
  P(fd_pread(fd, v, 2, 2, &n32)); number(n32); text("\n");
  P(fd_fdstat_set_flags(fd, 0));
  P(fd_seek(fd, 0, 0, &n64));
  P(fd_write(fd, v, 1, &n32));
  P(fd_tell(fd, &n64)); number(n64); text("\n");
  P(fd_filestat_set_size(fd, 3));
  P(fd_tell(fd, &n64)); number(n64); text("\n");
  P(fd_allocate(fd, 0, 100));
  P(fd_seek(fd, 0, 2, &n64)); number(n64); text("\n");
  P(fd_seek(fd, 10, 2, &n64)); number(n64); text("\n");
  P(fd_read(fd, v, 1, &n32)); number(n32); text("\n");
  P(fd_close(fd));
  flush();
}

int main(void) {
  u32 fd;
  memset(longname, 'n', 299);
  memset(longpath, 'a', 4999);
  for (int i = 1; i < 4999; i += 2) longpath[i] = '/';
  each("stdin", 0);
  each("preopen", 3);
  open_(3, "d/g", 0, 2, 0, 1, &fd); each("read", fd); fd_close(fd);
  open_(3, "d/g", 0, 64, 0, 1, &fd); each("write", fd); fd_close(fd);
  open_(3, "d", 0, 2, 0, 1, &fd); each("directory", fd); fd_close(fd);
  each("closed", fd);
  for (u32 i = 0; i < sizeof paths / sizeof *paths; i++) {
    const char *p = paths[i];
    if (!strcmp(p, "LONGNAME")) p = longname;
    if (!strcmp(p, "LONGPATH")) p = longpath;
    path(p, p[0] == 'f' && p[1] == 0 && i > 5 ? 3 : strlen(p));
  }
  misc();
  mutate();
  return 0;
}
