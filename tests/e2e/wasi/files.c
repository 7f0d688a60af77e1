// What a C program does with files, and what its library makes of the errors. Prints a line for each; no line depends on the
// machine. The current directory holds `f` ("hello world"), `d/g`, the links `link` (f), `dlink` (d), `dangling`, `loop` and
// `up` (../outside), and an empty directory `empty`.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void say(const char *what, long result) {
  if (result < 0) {
    printf("%s: %s\n", what, strerror(errno));
  } else {
    printf("%s: %ld\n", what, result);
  }
}
#define DO(call) (errno = 0, say(#call, (long)(call)))

static void show(const char *path) {
  char text[200];
  FILE *file = fopen(path, "r");
  size_t length = file ? fread(text, 1, sizeof text, file) : 0;
  printf("%s is '%.*s'%s\n", path, (int)length, text, file ? "" : " and cannot be opened");
  if (file) fclose(file);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void list(const char *path) {
  struct dirent **entries;
  int count = scandir(path, &entries, NULL, by_name);
  printf("%s has", path);
  for (int i = 0; i < count; i++) {
    // Not all implementations list the two.
    if (strcmp(entries[i]->d_name, ".") && strcmp(entries[i]->d_name, "..")) printf(" %s(%d)", entries[i]->d_name, entries[i]->d_type);
    free(entries[i]);
  }
  printf(count < 0 ? " %s\n" : "\n", strerror(errno));
}

static void opening(void) {
  DO(open("none", O_RDONLY));
  DO(open("f", O_RDONLY | O_DIRECTORY));
  DO(open("d", O_WRONLY));
  DO(open("d", O_RDWR | O_CREAT, 0666));
  DO(open("f", O_WRONLY | O_CREAT | O_EXCL, 0666));
  DO(open("link", O_RDONLY | O_NOFOLLOW));
  DO(open("loop", O_RDONLY));
  DO(open("dangling", O_RDONLY));
  DO(open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0666));
  DO(open("f/x", O_RDONLY));
  DO(open("none/x", O_WRONLY | O_CREAT, 0666));
  DO(access("f", R_OK));
  DO(access("none", F_OK));
  char name[300];
  memset(name, 'n', sizeof name);
  name[299] = 0;
  DO(open(name, O_RDONLY));
}

static void escaping(void) {
  // Which error it is, is the library's affair; that it is one, is ours.
  const char *paths[] = {"../outside/secret", "up/secret", "d/../../outside/secret", "dlink/../../outside/secret", "/etc/passwd"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    struct stat stat_;
    printf("%s:%s%s%s%s%s%s\n", paths[i], open(paths[i], O_RDONLY) < 0 ? " closed" : " OPEN",
           open(paths[i], O_WRONLY | O_CREAT | O_TRUNC, 0666) < 0 ? " unwritten" : " WRITTEN",
           stat(paths[i], &stat_) < 0 ? " unseen" : " SEEN", unlink(paths[i]) < 0 ? " kept" : " REMOVED",
           rename(paths[i], "stolen") < 0 ? " there" : " STOLEN", link("f", paths[i]) < 0 ? " alone" : " LINKED");
  }
  DO(symlink("/etc/passwd", "d/absolute") < 0 ? 0 : 1);
  DO(mkdir("../new", 0777) < 0 ? 0 : 1);
  DO(rmdir("../outside") < 0 ? 0 : 1);
  DO(rename("f", "../outside/f") < 0 ? 0 : 1);
}

static void reading_and_writing(void) {
  char a[4], b[16] = {0};
  struct iovec vectors[] = {{a, 4}, {b, 15}};
  int fd = open("f", O_RDWR);
  DO(read(fd, a, 0));
  DO(read(fd, a, 4));
  DO(lseek(fd, 0, SEEK_CUR));
  DO(lseek(fd, -5, SEEK_END));
  DO(lseek(fd, -1, SEEK_SET));
  DO(pread(fd, b, 5, 6));
  printf("%.5s\n", b);
  DO(pread(fd, b, 5, 100));
  DO(pread(fd, b, 5, -1));
  DO(pwrite(fd, "HELLO", 5, 0));
  DO(lseek(fd, 0, SEEK_SET));
  // How many of the buffers are used by one call is left open.
  int got = 0, n;
  while ((n = readv(fd, vectors, 2)) > 0) got += n;
  printf("%d in all\n", got);
  DO(write(fd, "!", 1));
  DO(ftruncate(fd, 8));
  DO(lseek(fd, 0, SEEK_CUR));
  DO(ftruncate(fd, -1));
  show("f");
  DO(close(fd));
  DO(close(fd));
  DO(read(fd, a, 1));
  fd = open("f", O_RDONLY);
  DO(write(fd, "x", 1));
  DO(ftruncate(fd, 0));
  DO(fsync(fd));
  close(fd);
  fd = open("f", O_WRONLY | O_APPEND);
  DO(read(fd, a, 1));
  DO(write(fd, "rld", 3));
  DO(lseek(fd, 0, SEEK_SET));
  DO(write(fd, ".", 1));
  DO(fcntl(fd, F_GETFL) & O_APPEND ? 1 : 0);
  DO(fcntl(fd, F_SETFL, 0));
  DO(lseek(fd, 0, SEEK_SET));
  DO(write(fd, "J", 1));
  close(fd);
  show("f");
  fd = open("d", O_RDONLY | O_DIRECTORY);
  DO(read(fd, a, 1) < 0);
  DO(lseek(fd, 0, SEEK_SET) < 0);
  close(fd);
  FILE *file = fopen("lines", "w+");
  for (int i = 0; i < 3000; i++) fprintf(file, "line %d\n", i);
  printf("%ld bytes\n", ftell(file));
  rewind(file);
  char line[32];
  long sum = 0;
  for (int i; fgets(line, sizeof line, file);) if (sscanf(line, "line %d", &i) == 1) sum += i;
  printf("sum %ld, at the end: %d\n", sum, feof(file) != 0);
  fseek(file, -10, SEEK_END);
  printf("%s", fgets(line, sizeof line, file));
  fclose(file);
  file = fopen("lines", "a+");
  fprintf(file, "more\n");
  fseek(file, 0, SEEK_SET);
  printf("%s", fgets(line, sizeof line, file));
  fclose(file);
  DO(remove("lines"));
}

static void naming(void) {
  struct stat a, b;
  char text[32];
  DO(mkdir("new", 0777));
  DO(mkdir("new", 0777));
  DO(mkdir("new/sub/", 0777));
  DO(rmdir("new"));
  DO(rmdir("f"));
  DO(rmdir("none"));
  DO(unlink("none"));
  DO(rename("f", "new/f"));
  DO(rename("none", "new/x"));
  DO(rename("new/f", "empty"));
  DO(rename("empty", "new/f"));
  DO(rename("new", "new/sub/x"));
  DO(rename("empty", "new"));
  DO(rename("new/f", "f"));
  DO(link("f", "hard"));
  DO(link("f", "hard"));
  DO(stat("f", &a) + stat("hard", &b));
  printf("one file: %d, names: %d\n", a.st_ino == b.st_ino && a.st_dev == b.st_dev, (int)a.st_nlink);
  DO(symlink("f", "soft"));
  DO(symlink("f", "soft"));
  DO(readlink("soft", text, sizeof text));
  DO(readlink("f", text, sizeof text));
  DO(lstat("soft", &b));
  printf("a link: %d, of size %d\n", S_ISLNK(b.st_mode), (int)b.st_size);
  DO(stat("soft", &b));
  printf("the same: %d\n", a.st_ino == b.st_ino);
  DO(unlink("soft"));
  DO(unlink("hard"));
  DO(stat("dangling", &b));
  DO(lstat("dangling", &b));
  DO(stat("loop", &b));
  DO(rmdir("new/sub"));
  DO(rmdir("new/"));
  list(".");
}

static void listing(void) {
  DO(mkdir("many", 0777));
  char name[300];
  for (int i = 0; i < 300; i++) {
    snprintf(name, sizeof name, "many/%0*d", 1 + i % 200, i);
    close(open(name, O_WRONLY | O_CREAT, 0666));
  }
  DIR *directory = opendir("many");
  int count = 0;
  long middle = 0;
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (entry->d_name[0] != '.') count++;
    if (count == 150) middle = telldir(directory);
  }
  printf("%d files\n", count);
  seekdir(directory, middle);
  int rest = 0;
  for (struct dirent *entry; (entry = readdir(directory));) rest += entry->d_name[0] != '.';
  printf("%d after the middle\n", rest);
  rewinddir(directory);
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (entry->d_name[0] == '.') continue;
    snprintf(name, sizeof name, "many/%s", entry->d_name);
    count -= unlink(name) == 0;
  }
  closedir(directory);
  printf("%d left\n", count);
  DO(rmdir("many"));
  printf("no directory: %d\n", opendir("f") == NULL && errno == ENOTDIR);
  printf("nothing: %d\n", opendir("none") == NULL && errno == ENOENT);
}

static void times(void) {
  struct stat s;
  struct timespec pair[2] = {{1000000000, 123456789}, {1100000000, 987654321}};
  DO(utimensat(AT_FDCWD, "f", pair, 0));
  DO(stat("f", &s));
  printf("%lld.%09ld %lld.%09ld\n", (long long)s.st_atim.tv_sec, s.st_atim.tv_nsec, (long long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
  pair[0].tv_nsec = UTIME_OMIT;
  pair[1].tv_sec = 1234567890;
  pair[1].tv_nsec = 5;
  int fd = open("f", O_WRONLY);
  DO(futimens(fd, pair));
  DO(fstat(fd, &s));
  printf("%lld.%09ld %lld.%09ld\n", (long long)s.st_atim.tv_sec, s.st_atim.tv_nsec, (long long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
  close(fd);
  DO(utimensat(AT_FDCWD, "none", pair, 0));
  struct timespec before, after, nap = {0, 20000000};
  clock_gettime(CLOCK_MONOTONIC, &before);
  DO(nanosleep(&nap, NULL));
  clock_gettime(CLOCK_MONOTONIC, &after);
  printf("slept: %d\n", (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec >= 20000000);
  DO(clock_getres(CLOCK_REALTIME, &nap));
}

static void waiting(void) {
  char text[16];
  struct pollfd both[] = {{.fd = 0, .events = POLLIN}, {.fd = 1, .events = POLLOUT}};
  DO(poll(both, 2, 5000) > 0);
  printf("output is ready: %d\n", (both[1].revents & POLLOUT) != 0);
  DO(read(0, text, 5));
  printf("%.5s\n", text);
  while (read(0, text, sizeof text) > 0) {}
  DO(read(0, text, sizeof text));
  DO(lseek(0, 0, SEEK_SET));
  DO(isatty(0));
  unsigned char random[64] = {0};
  DO(getentropy(random, sizeof random));
  int zeros = 0;
  for (size_t i = 0; i < sizeof random; i++) zeros += random[i] == 0;
  printf("random: %d\n", zeros < 10);
}

int main(void) {
  opening();
  escaping();
  reading_and_writing();
  naming();
  listing();
  times();
  waiting();
  return 0;
}
