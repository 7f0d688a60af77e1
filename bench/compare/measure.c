// usage: measure FILE COMMAND...
// Runs the command and leaves {"wall": s, "cpu": s, "rss": bytes, "faults": pages} in the file: what wait4 says about the command and
// whatever it waited for itself. The exit code is the command's. A program this small is needed because a process begins its life
// with the peak of whoever started it, and node's is larger than what is measured.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double seconds(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: measure FILE COMMAND...\n");
    return 125;
  }
  double begin = now();
  pid_t child = fork();
  if (child == 0) {
    execvp(argv[2], argv + 2);
    fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
    perror("measure");
    return 125;
  }
  double wall = now() - begin;
  FILE *file = fopen(argv[1], "w");
  if (!file) {
    perror(argv[1]);
    return 125;
  }
  fprintf(file, "{\"wall\": %.6f, \"cpu\": %.6f, \"rss\": %lld, \"faults\": %ld}\n", wall,
          seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss * 1024LL, usage.ru_minflt);
  fclose(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
