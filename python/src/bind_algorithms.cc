#include <optional>

#include "arrays.h"
#include "bind.h"
#include "convert.h"
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "algorithms/registry.h"
#include "base/error.h"

namespace ringscope::python {
namespace {

nb::str text_of(std::string_view text) { return nb::str(text.data(), text.size()); }

// A view of an array of the very type; the caller keeps it. Other types were converted before.
template <class T>
std::span<const T> view_of(nb::handle value, const Parameter& parameter) {
  InArray<T> array;
  if (!nb::try_cast(value, array, false))
    throw Error(ErrorCode::usage, "must be " + std::string(value_type_name(parameter.type)),
                std::string(parameter.name));
  return span_of(array);
}

// (indptr, indices, data), checked by whoever made the graph.
CsrGraph graph_of(nb::handle value, const Parameter& parameter) {
  const auto parts = nb::cast<nb::tuple>(value);
  return {view_of<ArcIndex>(parts[0], parameter), view_of<Vertex>(parts[1], parameter),
          view_of<float>(parts[2], parameter)};
}

BipartiteGraph bipartite_of(nb::handle value, const Parameter& parameter) {
  const auto parts = nb::cast<nb::tuple>(value);
  return {view_of<ArcIndex>(parts[0], parameter), view_of<Vertex>(parts[1], parameter),
          view_of<ArcIndex>(parts[2], parameter), view_of<Vertex>(parts[3], parameter),
          view_of<ArcIndex>(parts[4], parameter), view_of<Vertex>(parts[5], parameter)};
}

InputValue input_of(nb::handle value, const Parameter& parameter) {
  switch (parameter.type) {
    case ValueType::none:
      return {};
    case ValueType::flag:
      return nb::cast<bool>(value);
    case ValueType::integer:
      return nb::cast<std::int64_t>(value);
    case ValueType::real:
      return nb::cast<double>(value);
    case ValueType::text:
      return nb::cast<std::string>(value);
    case ValueType::graph:
      return graph_of(value, parameter);
    case ValueType::bipartite:
      return bipartite_of(value, parameter);
    case ValueType::u32s:
      return view_of<std::uint32_t>(value, parameter);
    case ValueType::u64s:
      return view_of<std::uint64_t>(value, parameter);
    case ValueType::i64s:
      return view_of<std::int64_t>(value, parameter);
    case ValueType::f32s:
      return view_of<float>(value, parameter);
    case ValueType::f64s:
      return view_of<double>(value, parameter);
  }
  return {};
}

nb::object to_object(bool value) { return nb::bool_(value); }
nb::object to_object(std::int64_t value) { return nb::int_(value); }
nb::object to_object(double value) { return nb::float_(value); }
nb::object to_object(CsrArrays&& arrays) { return csr_to_python(std::move(arrays)); }
nb::object to_object(BipartiteArrays&& arrays) { return bipartite_to_python(std::move(arrays)); }
template <class T>
nb::object to_object(std::vector<T>&& values) {
  return nb::cast(owning(std::move(values)));
}

nb::object fallback_of(const Parameter& parameter) {
  if (const auto* flag = std::get_if<bool>(&parameter.fallback)) return nb::bool_(*flag);
  if (const auto* integer = std::get_if<std::int64_t>(&parameter.fallback)) return nb::int_(*integer);
  if (const auto* real = std::get_if<double>(&parameter.fallback)) return nb::float_(*real);
  if (const auto* text = std::get_if<std::string>(&parameter.fallback)) return nb::str(text->c_str());
  return nb::none();
}

nb::dict description_of(const Algorithm& algorithm) {
  nb::list parameters;
  for (const Parameter& parameter : algorithm.parameters) {
    nb::dict one;
    one["name"] = text_of(parameter.name);
    one["type"] = text_of(value_type_name(parameter.type));
    one["summary"] = text_of(parameter.summary);
    one["required"] = parameter.required();
    one["default"] = fallback_of(parameter);
    nb::list choices;
    for (const std::string_view choice : parameter.choices) choices.append(text_of(choice));
    one["choices"] = choices;
    parameters.append(one);
  }
  nb::list results;
  for (const ResultInfo& result : algorithm.results)
    results.append(nb::make_tuple(text_of(result.name), text_of(result.summary)));
  nb::dict description;
  description["name"] = text_of(algorithm.name);
  description["header"] = text_of(algorithm.header);
  description["summary"] = text_of(algorithm.summary);
  description["parameters"] = parameters;
  description["results"] = results;
  return description;
}

nb::tuple run(const std::string& name, const nb::dict& values) {
  const Algorithm& algorithm = find_algorithm(name);
  std::map<std::string, InputValue, std::less<>> inputs;
  for (const auto& [key, value] : values) {
    const auto key_text = nb::cast<std::string>(key);
    const Parameter* found = nullptr;
    for (const Parameter& parameter : algorithm.parameters) {
      if (parameter.name == key_text) found = &parameter;
    }
    inputs.emplace(key_text, found == nullptr ? InputValue(std::string()) : input_of(value, *found));
  }
  std::vector<OutputValue> outputs;
  {
    const nb::gil_scoped_release release;
    outputs = run_algorithm(algorithm, std::move(inputs));
  }
  nb::list objects;
  for (OutputValue& output : outputs)
    objects.append(
        std::visit([](auto&& value) { return to_object(std::forward<decltype(value)>(value)); }, std::move(output)));
  return nb::tuple(objects);
}

}  // namespace

void bind_algorithms(nb::module_& m) {
  m.def(
      "algorithms",
      [] {
        nb::list all;
        for (const Algorithm& algorithm : algorithms()) all.append(description_of(algorithm));
        return all;
      },
      "The table of algorithms/registry.h.");
  m.def("run_algorithm", &run, nb::arg("name"), nb::arg("values"),
        "Values in the order of the results. Arrays must be of the very type; graphs are tuples of arrays that were "
        "checked.");
}

}  // namespace ringscope::python
