// The same in C++: streams with their static constructors, containers, files.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>
#include <dirent.h>

#define EXPORT(name) extern "C" __attribute__((export_name(name)))

static std::string text;
static struct { const char *text; size_t length; } answered;

EXPORT("cabi_realloc") void *cabi_realloc(void *old, size_t, size_t, size_t size) { return std::realloc(old, size); }

EXPORT("setup") void setup() {
  std::ostringstream out;
  const char *greeting = std::getenv("GREETING");
  out << "GREETING is " << (greeting ? greeting : "not set") << '\n';
  std::vector<std::string> names;
  if (DIR *directory = opendir("/data")) {
    while (dirent *entry = readdir(directory))
      if (entry->d_name[0] != '.') names.push_back(entry->d_name);
    closedir(directory);
  }
  std::sort(names.begin(), names.end());
  std::map<std::string, int> words;
  for (const auto &name : names) {
    std::ifstream file("/data/" + name);
    for (std::string word; file >> word;) words[word]++;
    out << name << '\n';
  }
  for (const auto &[word, count] : words) out << word << " x" << count << '\n';
  out << (std::ifstream("/data/../secret") ? "the secret is there\n" : "there is no way out\n");
  text = out.str();
  std::cout << text.size() << " characters" << std::endl;
}

EXPORT("answer") void *answer() {
  answered = {text.data(), text.size()};
  return &answered;
}
