// A database in memory with 100,000 rows, an index and a view, asked afterwards through statements that were prepared before.
#include "program.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *database;
static sqlite3_stmt *select_row, *select_total;

static void must(int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
    fprintf(stderr, "sqlite: %d %s\n", code, database ? sqlite3_errmsg(database) : "");
    abort();
  }
}

// There is no operating system: no files, no time, no chance.
static int no_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out) { return SQLITE_CANTOPEN; }
static int no_delete(sqlite3_vfs *vfs, const char *name, int sync) { return SQLITE_OK; }
static int no_access(sqlite3_vfs *vfs, const char *name, int flags, int *out) { return *out = 0, SQLITE_OK; }
static int same_path(sqlite3_vfs *vfs, const char *name, int length, char *out) { return sqlite3_snprintf(length, out, "%s", name), SQLITE_OK; }
static int no_chance(sqlite3_vfs *vfs, int length, char *out) { return memset(out, 0, length), length; }
static int no_sleep(sqlite3_vfs *vfs, int microseconds) { return microseconds; }
static int no_time(sqlite3_vfs *vfs, double *out) { return *out = 2451545, SQLITE_OK; }

int sqlite3_os_init(void) {
  static sqlite3_vfs vfs = {.iVersion = 1, .szOsFile = sizeof(sqlite3_file), .mxPathname = 64, .zName = "none", .xOpen = no_file, .xDelete = no_delete,
                            .xAccess = no_access, .xFullPathname = same_path, .xRandomness = no_chance, .xSleep = no_sleep, .xCurrentTime = no_time};
  return sqlite3_vfs_register(&vfs, 1);
}
int sqlite3_os_end(void) { return SQLITE_OK; }

INITIALIZE {
  must(sqlite3_open(":memory:", &database));
  must(sqlite3_exec(database,
                    "CREATE TABLE city (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, population INTEGER, area REAL);"
                    "CREATE VIEW crowded AS SELECT * FROM city WHERE population > 1000 * area; BEGIN",
                    0, 0, 0));
  sqlite3_stmt *insert;
  must(sqlite3_prepare_v2(database, "INSERT INTO city VALUES (?, ?, ?, ?, ?)", -1, &insert, 0));
  uint32_t state = 1;
  for (int id = 1; id <= 100000; id++) {
    char name[32], country[4] = {'A' + next_random(&state) % 26, 'A' + id % 26, 0};
    snprintf(name, sizeof name, "city %u of %s", next_random(&state) % 50000, country);
    must(sqlite3_bind_int(insert, 1, id));
    must(sqlite3_bind_text(insert, 2, name, -1, SQLITE_TRANSIENT));
    must(sqlite3_bind_text(insert, 3, country, -1, SQLITE_TRANSIENT));
    must(sqlite3_bind_int(insert, 4, next_random(&state) % 10000000));
    must(sqlite3_bind_double(insert, 5, next_random(&state) % 100000 / 16.0));
    must(sqlite3_step(insert));
    must(sqlite3_reset(insert));
  }
  must(sqlite3_finalize(insert));
  must(sqlite3_exec(database, "COMMIT; CREATE INDEX by_country ON city (country, population); ANALYZE", 0, 0, 0));
  must(sqlite3_prepare_v2(database, "SELECT length(name) * 1000 + population % 1000 FROM city WHERE id = ?", -1, &select_row, 0));
  must(sqlite3_prepare_v2(database, "SELECT count(*) FROM crowded JOIN (SELECT country AS c, max(population) AS p FROM city GROUP BY 1) ON c = country WHERE population < p", -1, &select_total, 0));
}

static int answer(sqlite3_stmt *statement) {
  must(sqlite3_step(statement));
  int value = sqlite3_column_int(statement, 0);
  must(sqlite3_reset(statement));
  return value;
}

EXPORT(row) int row(int id) {
  must(sqlite3_bind_int(select_row, 1, id));
  return answer(select_row);
}

EXPORT(total) int total(void) { return answer(select_total); }
