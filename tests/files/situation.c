// Makes situations that a shell cannot make.
//
//   situation refuse CALL=ERROR... -- COMMAND    runs a command for which system calls fail with these error numbers
//   situation limit BYTES COMMAND...             runs a command whose files may not be larger; it gets EFBIG and no signal
//   situation set FILE NAME VALUE                sets an extended attribute
//   situation get FILE NAME                      prints it
//   situation acl FILE NAME USER                 sets an access list that lets one more user read
//   situation socket PATH                        makes a socket
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static const struct { const char *name; int number; } calls[] = {
    {"fallocate", SYS_fallocate}, {"faccessat2", SYS_faccessat2}, {"fchmod", SYS_fchmod}, {"fchown", SYS_fchown},
    {"linkat", SYS_linkat}, {"renameat", SYS_renameat}, {"statx", SYS_statx}, {"fsetxattr", SYS_fsetxattr},
};

static int fail(const char *what) {
  perror(what);
  return 125;
}

static int refuse(char **words) {
  struct sock_filter filter[2 * 16 + 2];
  size_t length = 0;
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (; *words && strcmp(*words, "--") != 0 && length < 32; words++) {
    size_t i = 0, name_length = strcspn(*words, "=");
    while (i < sizeof calls / sizeof *calls && (strlen(calls[i].name) != name_length || strncmp(calls[i].name, *words, name_length) != 0)) i++;
    if (i == sizeof calls / sizeof *calls || !(*words)[name_length]) return fprintf(stderr, "%s?\n", *words), 125;
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i].number, 0, 1);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)atoi(*words + name_length + 1));
  }
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {(unsigned short)length, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return fail("seccomp");
  execvp(words[1], words + 1);
  return fail(words[1]);
}

static int limit(char **words) {
  struct rlimit bytes = {strtoull(words[0], NULL, 10), strtoull(words[0], NULL, 10)};
  signal(SIGXFSZ, SIG_IGN);
  if (setrlimit(RLIMIT_FSIZE, &bytes) != 0) return fail("setrlimit");
  execvp(words[1], words + 1);
  return fail(words[1]);
}

static int get(const char *path, const char *name) {
  char value[4096];
  ssize_t length = lgetxattr(path, name, value, sizeof value);
  if (length < 0) return fail(name);
  for (ssize_t i = 0; i < length; i++) printf("%02x", (unsigned char)value[i]);
  putchar('\n');
  return 0;
}

// The kernel's form: a version, then tag, permissions and user of each entry, all little-endian.
static int set_acl(const char *path, const char *name, uint32_t user) {
  struct { uint32_t version; struct { uint16_t tag, rights; uint32_t id; } entries[5]; } list = {
      2, {{0x01, 6, UINT32_MAX}, {0x02, 4, user}, {0x04, 4, UINT32_MAX}, {0x10, 6, UINT32_MAX}, {0x20, 4, UINT32_MAX}}};
  return lsetxattr(path, name, &list, sizeof list, 0) == 0 ? 0 : fail(name);
}

static int make_socket(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  int file = socket(AF_UNIX, SOCK_STREAM, 0);
  return file >= 0 && bind(file, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : fail("socket");
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  if (count > 3 && strcmp(what, "refuse") == 0) return refuse(words + 2);
  if (count > 3 && strcmp(what, "limit") == 0) return limit(words + 2);
  if (count == 5 && strcmp(what, "set") == 0) return lsetxattr(words[2], words[3], words[4], strlen(words[4]), 0) == 0 ? 0 : fail("set");
  if (count == 4 && strcmp(what, "get") == 0) return get(words[2], words[3]);
  if (count == 5 && strcmp(what, "acl") == 0) return set_acl(words[2], words[3], (uint32_t)atoi(words[4]));
  if (count == 3 && strcmp(what, "socket") == 0) return make_socket(words[2]);
  fprintf(stderr, "situation: what?\n");
  return 125;
}
