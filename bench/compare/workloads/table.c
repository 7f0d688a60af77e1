// Regular expressions of a lexer become an automaton with sets of states, that becomes one without, minimal, and that a table:
// what a parser generator does at build time, and what a program without one does when it starts.
#include "program.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_NFA = 40000, MAX_DFA = 16384, SLOTS = 2 * MAX_DFA, MAX_MEMBERS = 4 << 20, MAX_CLASSES = 64, RESERVED = 2000, SPLIT = -1, DONE = -2 };

static const char *const patterns[] = {
    "[a-z_][a-z0-9_]*",
    "[0-9][0-9_]*(\\.[0-9]*)?(e(\\+|-)?[0-9][0-9]*)?",
    "0x[0-9a-f][0-9a-f]*",
    "\"([a-z0-9 ]|\\\\\")*\"",
    "//[a-z0-9 ]*",
    "[ \t\n][ \t\n]*",
    "\\+|-|\\*|/|%|=|<|>|!|&|\\||^|~",
    "\\(|\\)|{|}|;|,|:|\\.",
    "<=|>=|==|!=|&&|\\|\\||<<|>>",
};
static const char *const keywords[] = {
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto",
    "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch",
    "typedef", "union", "unsigned", "void", "volatile", "while", "_alignas", "_alignof", "_atomic", "_bool", "_complex", "_generic",
    "_imaginary", "_noreturn", "_static_assert", "_thread_local", "class", "public", "private", "protected", "virtual", "override",
    "template", "typename", "namespace", "using", "operator", "friend", "explicit", "mutable", "constexpr", "consteval", "constinit",
    "decltype", "noexcept", "nullptr", "static_cast", "dynamic_cast", "reinterpret_cast", "const_cast", "co_await", "co_yield",
};
static const char *const samples[] = {"static_cast", "\"a string \\\"\"", "3_1.4e+10", "0xdeadbeef", "// so it ends", "<<"};

static struct { int symbol, next, other, rule; } nfa[MAX_NFA];
static int nfa_count;
static uint8_t classes[MAX_CLASSES][128];
static int class_count;

// A state of the automaton is a set of states of the expressions, as a sorted list.
static uint16_t members[MAX_MEMBERS];
static int member_count;
static struct { int first, count; } sets[MAX_DFA];
static int16_t moves[MAX_DFA][128];
static int16_t rules[MAX_DFA];
static int dfa_count;

static int32_t (*table)[256]; // what remains in the snapshot
static int32_t *accepting;
static int table_states;

static int node(int symbol, int next, int other) {
  if (nfa_count == MAX_NFA) abort();
  nfa[nfa_count].symbol = symbol;
  nfa[nfa_count].next = next;
  nfa[nfa_count].other = other;
  return nfa_count++;
}

// Each parser returns where its part begins; the part goes on to `next`, which is known because what follows is built first.
static const char *at;
static int parse_choice(int next);

// A class is a symbol of its own from 128 on.
static int parse_class(int next) {
  if (class_count == MAX_CLASSES) abort();
  for (at++; *at != ']'; at++) {
    int last = at[1] == '-' && at[2] != ']' ? at[2] : *at;
    for (int symbol = *at; symbol <= last; symbol++) classes[class_count][symbol] = 1;
    if (last != *at) at += 2;
  }
  at++;
  return node(128 + class_count++, next, 0);
}

static int parse_part(int next) {
  if (*at == '[') return parse_class(next);
  if (*at != '(') {
    if (*at == '\\') at++;
    return node((unsigned char)*at++, next, 0);
  }
  at++;
  int entry = parse_choice(next);
  at++;
  return entry;
}

static int parse_repeated(int next, char suffix) {
  if (suffix == '?') return node(SPLIT, parse_part(next), next);
  if (suffix != '*') return parse_part(next);
  int loop = node(SPLIT, 0, next);
  nfa[loop].next = parse_part(loop);
  return loop;
}

static int parse_sequence(int next) {
  struct { const char *begin; char suffix; } parts[256];
  int count = 0, depth;
  while (*at && *at != '|' && *at != ')') {
    parts[count].begin = at;
    depth = 0;
    do {
      if (*at == '\\') at++;
      else if (*at == '[') while (*at != ']') at++;
      else if (*at == '(') depth++;
      else if (*at == ')') depth--;
      at++;
    } while (depth > 0);
    parts[count++].suffix = *at;
    if (*at == '*' || *at == '?') at++;
  }
  const char *end = at;
  while (count-- > 0) {
    at = parts[count].begin;
    next = parse_repeated(next, parts[count].suffix);
  }
  at = end;
  return next;
}

static int parse_choice(int next) {
  int entry = parse_sequence(next);
  while (*at == '|') {
    at++;
    entry = node(SPLIT, entry, parse_sequence(next));
  }
  return entry;
}

static int add_rule(const char *text, int rule, int start) {
  int end = node(DONE, 0, 0);
  nfa[end].rule = rule;
  at = text;
  int entry = parse_choice(end);
  return start < 0 ? entry : node(SPLIT, entry, start);
}

typedef struct {
  int count;
  uint16_t states[RESERVED * 2];
} Set;

// `seen` says which states the set under construction has; those that only lead on to others are not kept.
static int seen[MAX_NFA], mark;

static void close_over(Set *set, int state) {
  if (seen[state] == mark) return;
  seen[state] = mark;
  if (nfa[state].symbol == SPLIT) {
    close_over(set, nfa[state].next);
    close_over(set, nfa[state].other);
  } else {
    set->states[set->count++] = state;
  }
}

static int compare(const void *a, const void *b) { return *(const uint16_t *)a - *(const uint16_t *)b; }

static int find_set(Set *set) {
  static int slots[SLOTS]; // numbers of states from 1
  uint32_t hash = set->count;
  qsort(set->states, set->count, sizeof *set->states, compare);
  for (int i = 0; i < set->count; i++) hash = mix(hash, set->states[i]);
  int slot = hash % SLOTS;
  for (; slots[slot]; slot = (slot + 1) % SLOTS) {
    int state = slots[slot] - 1;
    if (sets[state].count == set->count && memcmp(members + sets[state].first, set->states, set->count * sizeof *members) == 0) return state;
  }
  if (dfa_count == MAX_DFA || member_count + set->count > MAX_MEMBERS) abort();
  memcpy(members + member_count, set->states, set->count * sizeof *members);
  sets[dfa_count].first = member_count;
  sets[dfa_count].count = set->count;
  member_count += set->count;
  rules[dfa_count] = -1;
  for (int i = 0; i < set->count; i++)
    if (nfa[set->states[i]].symbol == DONE && nfa[set->states[i]].rule > rules[dfa_count]) rules[dfa_count] = nfa[set->states[i]].rule;
  slots[slot] = dfa_count + 1;
  return dfa_count++;
}

static int leads_on(int state, int symbol) {
  int own = nfa[state].symbol;
  return own < 128 ? own == symbol : classes[own - 128][symbol];
}

static void make_deterministic(int start) {
  static Set set;
  find_set(&set); // state 0 is where nothing matches any more
  mark++;
  close_over(&set, start);
  find_set(&set);
  for (int state = 0; state < dfa_count; state++) {
    for (int symbol = 0; symbol < 128; symbol++) {
      mark++;
      set.count = 0;
      for (int i = 0; i < sets[state].count; i++) {
        int s = members[sets[state].first + i];
        if (leads_on(s, symbol)) close_over(&set, nfa[s].next);
      }
      moves[state][symbol] = set.count ? find_set(&set) : 0;
    }
  }
}

static int moves_alike(const int *group, int a, int b) {
  if (group[a] != group[b]) return 0;
  for (int symbol = 0; symbol < 128; symbol++)
    if (group[moves[a][symbol]] != group[moves[b][symbol]]) return 0;
  return 1;
}

// Moore's algorithm: states are the same until something tells them apart.
static void minimize(void) {
  static int group[MAX_DFA], refined[MAX_DFA], slots[SLOTS];
  int count = 0, before = -1;
  for (int i = 0; i < dfa_count; i++) group[i] = rules[i] + 1;
  while (count != before) {
    before = count;
    count = 0;
    memset(slots, 0, sizeof slots);
    for (int i = 0; i < dfa_count; i++) {
      uint32_t hash = group[i];
      for (int symbol = 0; symbol < 128; symbol++) hash = mix(hash, group[moves[i][symbol]]);
      int slot = hash % SLOTS;
      while (slots[slot] && !moves_alike(group, i, slots[slot] - 1)) slot = (slot + 1) % SLOTS;
      if (!slots[slot]) {
        slots[slot] = i + 1;
        refined[i] = count++;
      } else {
        refined[i] = refined[slots[slot] - 1];
      }
    }
    memcpy(group, refined, sizeof group);
  }
  table_states = count;
  table = calloc(count, sizeof *table);
  accepting = malloc(count * sizeof *accepting);
  for (int i = 0; i < dfa_count; i++) {
    accepting[group[i]] = rules[i];
    for (int symbol = 0; symbol < 128; symbol++) table[group[i]][symbol] = group[moves[i][symbol]];
  }
}

INITIALIZE {
  int start = -1, rule = 0;
  for (unsigned i = 0; i < sizeof patterns / sizeof *patterns; i++) start = add_rule(patterns[i], rule++, start);
  for (unsigned i = 0; i < sizeof keywords / sizeof *keywords; i++) start = add_rule(keywords[i], rule++, start);
  for (int i = 0; i < RESERVED; i++) {
    char word[MAX_WORD];
    make_word(i, word);
    start = add_rule(word, rule++, start);
  }
  make_deterministic(start);
  minimize();
}

// The rule of a sample, from 1; 0 when none matches.
EXPORT(accepts) int accepts(int sample) {
  int state = 1;
  for (const char *c = samples[sample]; *c; c++) state = table[state][(unsigned char)*c];
  return accepting[state] + 1;
}

EXPORT(checksum) uint32_t checksum(void) {
  uint32_t sum = table_states;
  for (int i = 0; i < table_states; i++)
    for (int symbol = 0; symbol < 256; symbol++) sum = mix(sum, table[i][symbol]);
  return sum;
}
