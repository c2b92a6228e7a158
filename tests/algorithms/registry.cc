#include "algorithms/registry.h"

#include <filesystem>
#include <set>

#include <doctest/doctest.h>

#include "algorithms/leiden.h"
#include "base/error.h"
#include "tests/algorithms/graphs.h"

using namespace ringscope;

namespace {

using Values = std::map<std::string, InputValue, std::less<>>;

// Of parts that others are made of, or that are no algorithm.
const std::set<std::string> kNoRow = {
    "binomial.h",      "corroboration_parts.h", "csr_boost.h", "csr_boost_maps.h", "csr_eigen.h",
    "disjoint_sets.h", "leiden_level.h",        "median.h",    "pairs_of.h",       "registry.h"};

std::string refusal(std::string_view name, Values values) {
  try {
    (void)run_algorithm(find_algorithm(name), std::move(values));
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::usage);
    return error.what();
  }
  return "nothing";
}

CsrArrays two_triangles() {
  const WeightedEdge edges[] = {{0, 1, 1}, {1, 2, 1}, {0, 2, 1}, {3, 4, 1}, {4, 5, 1}, {3, 5, 1}, {2, 3, 0.1F}};
  return build_csr(6, edges);
}

}  // namespace

TEST_CASE("registry: every header of algorithms has a row") {
  std::set<std::string> named;
  for (const Algorithm& algorithm : algorithms()) named.insert(std::string(algorithm.header));
  for (const auto& file : std::filesystem::directory_iterator(std::string(RINGSCOPE_SOURCE_DIR) + "/algorithms")) {
    const std::string name = file.path().filename().string();
    if (file.path().extension() != ".h" || kNoRow.contains(name)) continue;
    CHECK_MESSAGE(named.contains(name), "algorithms/" << name << " has no row in algorithms/named/");
  }
}

TEST_CASE("registry: names are unique, everything is described, defaults are of their type") {
  std::set<std::string_view> names;
  for (const Algorithm& algorithm : algorithms()) {
    CAPTURE(algorithm.name);
    CHECK(names.insert(algorithm.name).second);
    CHECK((algorithm.summary.ends_with(".") || algorithm.summary.ends_with("?")));
    CHECK_FALSE(algorithm.results.empty());
    bool optional = false;
    for (const Parameter& parameter : algorithm.parameters) {
      CAPTURE(parameter.name);
      CHECK_FALSE(parameter.summary.empty());
      if (!parameter.required()) CHECK(static_cast<ValueType>(parameter.fallback.index()) == parameter.type);
      CHECK_FALSE((parameter.required() && optional));  // those that must be given stand first
      optional = optional || !parameter.required();
    }
  }
  CHECK(names.size() >= 39);
}

TEST_CASE("registry: a call by name is the call") {
  const CsrArrays arrays = two_triangles();
  const auto outputs = run_algorithm(find_algorithm("leiden"), {{"graph", arrays.view()}});
  REQUIRE(outputs.size() == 1);
  CHECK(std::get<std::vector<std::uint32_t>>(outputs[0]) == leiden(arrays.view()).community_of);
  CHECK(std::get<std::vector<std::uint32_t>>(outputs[0]) == std::vector<std::uint32_t>{0, 0, 0, 1, 1, 1});
}

TEST_CASE("registry: a whole number is a real one, but no other type is another") {
  const CsrArrays arrays = two_triangles();
  CHECK_NOTHROW(
      (void)run_algorithm(find_algorithm("leiden"), {{"graph", arrays.view()}, {"resolution", std::int64_t{1}}}));
  CHECK(refusal("leiden", {{"graph", arrays.view()}, {"seed", 1.5}}) == "must be int (leiden, seed)");
}

TEST_CASE("registry: what is wrong is named") {
  const CsrArrays arrays = two_triangles();
  CHECK(refusal("leiden", {}) == "must be given (leiden, graph)");
  CHECK(refusal("leiden", {{"graph", arrays.view()}, {"objective", std::string("beauty")}}) ==
        "must be one of: modularity, cpm (leiden, objective)");
  CHECK(refusal("leiden", {{"graph", arrays.view()}, {"sed", std::int64_t{1}}}).starts_with("is no parameter; there"));
  CHECK(refusal("leiden", {{"graph", arrays.view()}, {"max_passes", std::int64_t{1} << 40}}) ==
        "1099511627776 is out of range (max_passes)");
  const std::uint32_t labels[] = {0, 1};
  CHECK(refusal("modularity", {{"graph", arrays.view()}, {"partition", std::span<const std::uint32_t>(labels)}}) ==
        "has 2 values; must have 6 (partition)");
  CHECK_THROWS_WITH_AS((void)find_algorithm("luck"), doctest::Contains("there is no algorithm \"luck\"; there are: "),
                       Error);
}

namespace {

template <class T>
InputValue values_of(const std::vector<T>& values) {
  return std::span<const T>(values);
}

std::string refused_rows(const std::vector<std::uint64_t>& indptr, const std::vector<std::uint32_t>& indices,
                         const std::vector<std::uint32_t>& layers) {
  return refusal(
      "build_bipartite",
      {{"indptr", values_of(indptr)}, {"indices", values_of(indices)}, {"layer_offsets", values_of(layers)}});
}

}  // namespace

TEST_CASE("registry: rows of a bipartite graph that algorithms cannot rely on are refused") {
  CHECK(refused_rows({0, 2, 3}, {0, 2, 1}, {0, 3}) == "nothing");
  const std::string row = "each row's indices must ascend, without duplicates, and be below the size (row 0)";
  CHECK(refused_rows({0, 2, 3}, {2, 0, 1}, {0, 3}) == row);
  CHECK(refused_rows({0, 2, 3}, {1, 1, 1}, {0, 3}) == row);
  CHECK(refused_rows({0, 2, 3}, {0, 3, 1}, {0, 3}) == row);
  CHECK(refused_rows({0, 3, 2, 3}, {0, 1, 2}, {0, 3}) == "indptr must not fall (indptr)");
  for (const std::vector<std::uint64_t>& indptr : {std::vector<std::uint64_t>{}, {1, 3}, {0, 2}})
    CHECK(refused_rows(indptr, {0, 1, 2}, {0, 3}) ==
          "indptr must begin with 0 and end with the number of indices (indptr)");
  for (const std::vector<std::uint32_t>& layers : {std::vector<std::uint32_t>{}, {1, 3}, {0, 3, 2, 3}})
    CHECK(refused_rows({0, 3}, {0, 1, 2}, layers) == "must ascend from 0 (layer_offsets)");
}

TEST_CASE("registry: a layer beyond 32 bits is not another one, and a group must ascend") {
  const BipartiteArrays arrays = build_bipartite({0, 1, 2}, {0, 0}, 1, {0, 1});
  CHECK(refusal("agreeing_pairs", {{"graph", arrays.view()}, {"layer", std::int64_t{1} << 32}}) ==
        "4294967296 must be below 1 (layer)");
  for (const std::vector<std::uint32_t>& group : {std::vector<std::uint32_t>{1, 0}, {0, 0}})
    CHECK(refusal("likeness", {{"graph", arrays.view()}, {"group", values_of(group)}}) == "must ascend (group)");
}
