// The table of algorithms: each by name, with its parameters, their defaults and what they mean, and what comes out. So
// that whoever calls them from elsewhere (python/, a program of comparisons) writes nothing by hand: what stands in the
// table is there.
//
// A row is a function of the folder named/ that takes its parameters out of Arguments, and a line in the list of its
// file. tests/algorithms/registry.cc fails when a header of this folder has no row.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "algorithms/bipartite_graph.h"
#include "algorithms/csr_graph.h"

namespace ringscope {

// What goes in. Graphs and arrays are views of what the caller holds.
using InputValue = std::variant<std::monostate, bool, std::int64_t, double, std::string, CsrGraph, BipartiteGraph,
                                std::span<const std::uint32_t>, std::span<const std::uint64_t>,
                                std::span<const std::int64_t>, std::span<const float>, std::span<const double>>;

// What comes out.
using OutputValue =
    std::variant<bool, std::int64_t, double, std::vector<std::uint32_t>, std::vector<std::uint64_t>,
                 std::vector<std::int64_t>, std::vector<float>, std::vector<double>, CsrArrays, BipartiteArrays>;

// In the order of InputValue, and of the words that value_type_name() gives.
enum class ValueType { none, flag, integer, real, text, graph, bipartite, u32s, u64s, i64s, f32s, f64s };
// "bool", "int", "float", "str", "Graph", "BipartiteGraph", "uint32[]", "uint64[]", "int64[]", "float32[]", "float64[]"
std::string_view value_type_name(ValueType type);

struct Parameter {
  std::string_view name;
  ValueType type = ValueType::none;
  std::string_view summary;                 // with shape and unit
  InputValue fallback{};                    // nothing: it must be given; else of the type
  std::vector<std::string_view> choices{};  // of a text; empty: any

  bool required() const { return fallback.index() == 0; }
};

struct ResultInfo {
  std::string_view name;
  std::string_view summary;  // with shape and unit
};

// The values of a call, by name.
class Arguments {
 public:
  explicit Arguments(std::map<std::string, InputValue, std::less<>> values) : values_(std::move(values)) {}

  template <class T>
  const T& get(std::string_view name) const {
    return std::get<T>(values_.find(name)->second);
  }
  const CsrGraph& graph(std::string_view name = "graph") const { return get<CsrGraph>(name); }
  const BipartiteGraph& bipartite(std::string_view name = "graph") const { return get<BipartiteGraph>(name); }
  bool flag(std::string_view name) const { return get<bool>(name); }
  double real(std::string_view name) const { return get<double>(name); }
  const std::string& text(std::string_view name) const { return get<std::string>(name); }
  std::span<const std::uint32_t> u32s(std::string_view name) const { return get<std::span<const std::uint32_t>>(name); }
  std::span<const std::uint64_t> u64s(std::string_view name) const { return get<std::span<const std::uint64_t>>(name); }
  std::span<const std::int64_t> i64s(std::string_view name) const { return get<std::span<const std::int64_t>>(name); }
  std::span<const float> f32s(std::string_view name) const { return get<std::span<const float>>(name); }
  std::span<const double> f64s(std::string_view name) const { return get<std::span<const double>>(name); }
  // Throws Error usage for a number that T does not hold.
  template <class T>
  T integer(std::string_view name) const {
    return static_cast<T>(checked_integer(name, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }

 private:
  template <class Limit>
  std::int64_t checked_integer(std::string_view name, Limit least, Limit most) const {
    const auto value = get<std::int64_t>(name);
    if (std::cmp_less(value, least) || std::cmp_greater(value, most)) refuse_integer(name, value);
    return value;
  }
  [[noreturn]] static void refuse_integer(std::string_view name, std::int64_t value);

  std::map<std::string, InputValue, std::less<>> values_;
};

struct Algorithm {
  std::string_view name;
  std::string_view header;   // of algorithms/, which says more: "leiden.h"
  std::string_view summary;  // one sentence
  std::vector<Parameter> parameters;
  std::vector<ResultInfo> results;
  std::vector<OutputValue> (*run)(const Arguments& arguments);  // as many values as results
};

// All of them, by name.
const std::vector<Algorithm>& algorithms();
// Throws Error usage, naming what there is.
const Algorithm& find_algorithm(std::string_view name);

// Fills in the defaults, checks names, types and choices, and runs it. Throws Error usage, naming the parameter; what
// the algorithm throws.
std::vector<OutputValue> run_algorithm(const Algorithm& algorithm,
                                       std::map<std::string, InputValue, std::less<>> values);

}  // namespace ringscope
