// A trie of 200,000 words made of syllables, as a dictionary or a router keeps them.
#include "program.h"
#include <stdlib.h>
#include <string.h>

enum { COUNT = 200000 };

typedef struct Node {
  struct Node *children[26];
  int word; // from 1
} Node;

static Node *root;
static uint32_t node_count;

static Node *new_node(void) {
  node_count++;
  return calloc(1, sizeof(Node));
}

INITIALIZE {
  char word[MAX_WORD];
  root = new_node();
  for (int i = 0; i < COUNT; i++) {
    int length = make_word(i, word);
    Node *node = root;
    for (int at = 0; at < length; at++) {
      Node **child = &node->children[word[at] - 'a'];
      if (!*child) *child = new_node();
      node = *child;
    }
    if (!node->word) node->word = i + 1;
  }
}

// The first word, from 1, that is spelled as word `index` is.
EXPORT(find) int find(int index) {
  char word[MAX_WORD];
  int length = make_word(index, word);
  Node *node = root;
  for (int at = 0; at < length && node; at++) node = node->children[word[at] - 'a'];
  return node ? node->word : 0;
}

static uint32_t walk(const Node *node, uint32_t sum) {
  sum = mix(sum, node->word);
  for (int i = 0; i < 26; i++)
    if (node->children[i]) sum = walk(node->children[i], mix(sum, i));
  return sum;
}

EXPORT(checksum) uint32_t checksum(void) { return walk(root, node_count); }
