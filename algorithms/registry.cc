#include "algorithms/registry.h"

#include <algorithm>

#include "algorithms/named/named.h"
#include "base/error.h"

namespace ringscope {
namespace {

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

[[noreturn]] void refuse(const Algorithm& algorithm, std::string_view name, const std::string& message) {
  throw Error(ErrorCode::usage, message, std::string(algorithm.name) + ", " + std::string(name));
}

void check(const Algorithm& algorithm, const Parameter& parameter, InputValue& value) {
  if (parameter.type == ValueType::real && std::holds_alternative<std::int64_t>(value))
    value = static_cast<double>(std::get<std::int64_t>(value));
  if (static_cast<ValueType>(value.index()) != parameter.type)
    refuse(algorithm, parameter.name, "must be " + std::string(value_type_name(parameter.type)));
  if (parameter.choices.empty()) return;
  if (std::ranges::find(parameter.choices, std::get<std::string>(value)) == parameter.choices.end())
    refuse(algorithm, parameter.name, "must be one of: " + joined(parameter.choices));
}

}  // namespace

std::string_view value_type_name(ValueType type) {
  static constexpr std::string_view kNames[] = {"None",      "bool",           "int",      "float",    "str",
                                                "Graph",     "BipartiteGraph", "uint32[]", "uint64[]", "int64[]",
                                                "float32[]", "float64[]"};
  return kNames[static_cast<std::size_t>(type)];
}

void Arguments::refuse_integer(std::string_view name, std::int64_t value) {
  throw Error(ErrorCode::usage, std::to_string(value) + " is out of range", std::string(name));
}

const std::vector<Algorithm>& algorithms() {
  static const std::vector<Algorithm> all = [] {
    std::vector<Algorithm> rows = named::rows_of({named::graph_rows(), named::community_rows(), named::bipartite_rows(),
                                                  named::pair_rows(), named::chance_rows(), named::group_rows()});
    std::ranges::sort(rows, {}, &Algorithm::name);
    return rows;
  }();
  return all;
}

const Algorithm& find_algorithm(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Algorithm& algorithm : algorithms()) {
    if (algorithm.name == name) return algorithm;
    names.push_back(algorithm.name);
  }
  throw Error(ErrorCode::usage, "there is no algorithm \"" + std::string(name) + "\"; there are: " + joined(names));
}

std::vector<OutputValue> run_algorithm(const Algorithm& algorithm,
                                       std::map<std::string, InputValue, std::less<>> values) {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : algorithm.parameters) {
    names.push_back(parameter.name);
    const auto at = values.find(parameter.name);
    if (at != values.end()) {
      check(algorithm, parameter, at->second);
    } else if (parameter.required()) {
      refuse(algorithm, parameter.name, "must be given");
    } else {
      values.emplace(parameter.name, parameter.fallback);
    }
  }
  for (const auto& [name, value] : values) {
    if (std::ranges::find(names, name) == names.end())
      refuse(algorithm, name, "is no parameter; there are: " + joined(names));
  }
  return algorithm.run(Arguments(std::move(values)));
}

}  // namespace ringscope
