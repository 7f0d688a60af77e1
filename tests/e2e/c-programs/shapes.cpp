// Containers, streams and virtual functions, filled by constructors of global objects and by the initialization function.
#include <cstdlib>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>
#include <wizer.h>

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
};

struct Rectangle : Shape {
  double width, height;
  Rectangle(double width, double height) : width(width), height(height) {}
  double area() const override { return width * height; }
};

struct Circle : Shape {
  double radius;
  explicit Circle(double radius) : radius(radius) {}
  double area() const override { return 3.14159265358979 * radius * radius; }
};

using Parser = std::function<std::unique_ptr<Shape>(std::istream &)>;

class Registry {
public:
  Registry() {
    constructions = constructions + 1;
    parsers["rectangle"] = [](std::istream &in) {
      double width = 0, height = 0;
      in >> width >> height;
      return std::make_unique<Rectangle>(width, height);
    };
    parsers["circle"] = [](std::istream &in) {
      double radius = 0;
      in >> radius;
      return std::make_unique<Circle>(radius);
    };
  }
  ~Registry() { std::cout << "the registry goes, with " << shapes.size() << " shapes" << std::endl; }

  void read(const std::string &text) {
    std::istringstream lines(text);
    for (std::string name, kind; lines >> name >> kind;) shapes[name] = parsers.at(kind)(lines);
  }

  std::map<std::string, Parser> parsers;
  std::map<std::string, std::unique_ptr<Shape>> shapes;
  static volatile int constructions;
};

volatile int Registry::constructions;
static Registry registry;
static std::vector<std::string> history{"constructed"};

static void read_shapes() {
  registry.read("door rectangle 0.9 2.1\nwheel circle 0.35\nfield rectangle 105 68\n");
  history.push_back("initialized");
}

WIZER_INIT(read_shapes);

int main(int argc, char **argv) {
  history.push_back("started");
  if (const char *more = std::getenv("SHAPES")) registry.read(more);
  std::cout << std::fixed << std::setprecision(3);
  for (const auto &[name, shape] : registry.shapes) std::cout << name << ' ' << shape->area() << '\n';
  for (const auto &step : history) std::cout << step << ' ';
  std::cout << registry.constructions << ' ' << std::vector<std::string>(argv + 1, argv + argc).size() << '\n';
  return 0;
}
