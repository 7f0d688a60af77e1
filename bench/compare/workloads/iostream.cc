// Objects that are constructed before main would run, containers of the standard library, and its streams.
#include "program.h"
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

struct Currency {
  std::string code, name;
  int digits;
};

const std::map<std::string, Currency> currencies = {
    {"EUR", {"EUR", "euro", 2}}, {"JPY", {"JPY", "yen", 0}}, {"KWD", {"KWD", "dinar", 3}}, {"USD", {"USD", "dollar", 2}}};

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
};
struct Square : Shape {
  explicit Square(double side) : side(side) {}
  double area() const override { return side * side; }
  double side;
};
struct Circle : Shape {
  explicit Circle(double radius) : radius(radius) {}
  double area() const override { return 3.14159265358979 * radius * radius; }
  double radius;
};

// Each instantiation registers itself when it is constructed.
std::vector<std::string> &registry() {
  static std::vector<std::string> names;
  return names;
}
template <int N> struct Plugin {
  Plugin() {
    std::ostringstream name;
    name << "plugin-" << std::setw(3) << std::setfill('0') << N << '@' << std::hex << N * 0x9e3779b1u;
    registry().push_back(name.str());
  }
  static Plugin instance;
};
template <int N> Plugin<N> Plugin<N>::instance;
template <int... N> int construct(std::integer_sequence<int, N...>) { return ((void)&Plugin<N>::instance, ...), sizeof...(N); }
const int plugin_count = construct(std::make_integer_sequence<int, 100>());

std::unordered_map<std::string, int> index_of_word;
std::vector<std::unique_ptr<Shape>> shapes;
std::string report;

} // namespace

INITIALIZE {
  uint32_t state = 1;
  for (int i = 0; i < 50000; i++) {
    std::ostringstream word;
    word << 'w' << next_random(&state) % 20000;
    index_of_word.emplace(word.str(), i);
    if (i % 2) shapes.push_back(std::make_unique<Square>(i / 16.0));
    else shapes.push_back(std::make_unique<Circle>(i / 32.0));
  }
  std::sort(shapes.begin(), shapes.end(), [](const auto &a, const auto &b) { return a->area() < b->area(); });
  std::ostringstream out;
  for (const auto &name : registry()) out << name << '\n';
  for (const auto &[code, currency] : currencies) out << std::setw(10) << currency.name << ' ' << std::fixed << std::setprecision(currency.digits) << 1234.5678 << '\n';
  for (size_t i = 0; i < shapes.size(); i += 10) out << std::setprecision(9) << shapes[i]->area() << (i % 100 ? ' ' : '\n');
  std::istringstream in(out.str());
  for (std::string word; in >> word;) report += word;
  std::ostringstream line;
  line << "initialized: " << report.size() << " characters, " << plugin_count << " plugins, " << index_of_word.size() << " words\n";
  std::cout << line.str() << std::flush;
}

EXPORT(checksum) uint32_t checksum() {
  uint32_t sum = index_of_word.size();
  for (char c : report) sum = mix(sum, c);
  return sum;
}
