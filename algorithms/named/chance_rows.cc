#include <cmath>

#include "algorithms/coaction.h"
#include "algorithms/compound_poisson.h"
#include "algorithms/decoys.h"
#include "algorithms/fdr.h"
#include "algorithms/isotonic.h"
#include "algorithms/named/named.h"
#include "algorithms/null_model.h"
#include "base/error.h"

namespace ringscope::named {
namespace {

Outputs run_fdr(const Arguments& a) {
  std::vector<CountedPValue> tests;
  for (const double p : a.f64s("p")) tests.push_back({p, 1});
  auto count = a.integer<std::uint64_t>("tests");
  if (count == 0) count = tests.size();
  const auto threshold = fdr_threshold(
      tests, count,
      {a.real("alpha"), a.text("dependence") == "arbitrary" ? TestDependence::arbitrary : TestDependence::positive});
  return {threshold.value_or(std::nan(""))};
}

Outputs run_isotonic(const Arguments& a) {
  check_length("weights", a.f64s("weights").size(), a.f64s("values").size());
  return {fit_non_increasing(a.f64s("values"), a.f64s("weights"))};
}

Outputs run_decoys(const Arguments& a) {
  const auto scores = a.f64s("scores"), weights = a.f64s("weights");
  const auto decoy = a.u32s("decoy");
  check_length("decoy", decoy.size(), scores.size());
  check_length("weights", weights.size(), scores.size(), true);
  std::vector<DecoyedFind> finds;
  for (std::size_t i = 0; i < scores.size(); ++i)
    finds.push_back({scores[i], decoy[i] != 0, weights.empty() ? 1 : weights[i]});
  return {chance_by_decoys(finds, a.real("spare"))};
}

Outputs run_tails(const Arguments& a) {
  const auto scales = a.f64s("scales");
  const auto sums = a.u32s("sums");
  check_length("sums", sums.size(), scales.size());
  const CompoundPoissonTails tails(a.f64s("intensity"), a.integer<unsigned>("max_sum"));
  std::vector<double> result;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (!(scales[i] > 0)) throw Error(ErrorCode::usage, "must be above 0", "scales");
    result.push_back(tails.tail(scales[i], sums[i]));
  }
  return {std::move(result)};
}

Outputs run_binomial(const Arguments& a) {
  return {poisson_binomial_tail(a.f64s("chances"), a.integer<std::size_t>("k"))};
}

std::vector<std::uint32_t> degrees_of(std::span<const DegreeClass> classes) {
  return column_of<std::uint32_t>(std::vector<DegreeClass>(classes.begin(), classes.end()),
                                  [](const DegreeClass& c) { return c.degree; });
}

Outputs run_bicm(const Arguments& a) {
  const BicmModel model = fit_bicm(a.u32s("left_degrees"), a.u32s("right_degrees"));
  std::vector<double> probability;
  for (const DegreeClass& left : model.left_classes()) {
    for (const DegreeClass& right : model.right_classes())
      probability.push_back(model.probability(left.degree, right.degree));
  }
  return {degrees_of(model.left_classes()), degrees_of(model.right_classes()), std::move(probability),
          model.degree_error()};
}

Outputs run_bound(const Arguments& a) {
  const auto left = a.u32s("left_degrees"), right = a.u32s("right_degrees");
  const SeparableBound bound = fit_separable_bound(left, right);
  std::vector<double> x, y;
  for (const Vertex degree : left) x.push_back(bound.left_fitness(degree));
  for (const Vertex degree : right) y.push_back(bound.right_fitness(degree));
  return {std::move(x), std::move(y)};
}

Parameter degrees(std::string_view name) { return {name, ValueType::u32s, "[n] uint32; both sum to the edges"}; }

}  // namespace

std::vector<Algorithm> chance_rows() {
  return {
      {"fdr_threshold",
       "fdr.h",
       "Which of many tests to believe: the largest p-value to keep, nan when none.",
       {{"p", ValueType::f64s, "[n] float64"},
        {"tests", ValueType::integer, "all there were, the others of p = 1; 0: as many as p", std::int64_t{0}},
        {"alpha", ValueType::real, "share of chance among the kept, in the mean", FdrOptions{}.alpha},
        {"dependence", ValueType::text, "of the tests", std::string("positive"), {"positive", "arbitrary"}}},
       {{"threshold", "float64"}},
       run_fdr},
      {"fit_non_increasing",
       "isotonic.h",
       "The closest sequence that never rises.",
       {{"values", ValueType::f64s, "[n] float64"}, {"weights", ValueType::f64s, "[n] float64, > 0"}},
       {{"fitted", "[n] float64"}},
       run_isotonic},
      {"chance_by_decoys",
       "decoys.h",
       "How probable it is that each find is chance, from finds that can be nothing else.",
       {{"scores", ValueType::f64s, "[n] float64"},
        {"decoy", ValueType::u32s, "[n] uint32, 0: a find"},
        {"weights", ValueType::f64s, "[n] float64: decoys it stands for; none: 1 each", no_array<double>()},
        {"spare", ValueType::real, "weight of the decoy more", 1.0}},
       {{"chance", "[n] float64 in [0, 1]; of decoys 1"}},
       run_decoys},
      {"compound_poisson_tails",
       "compound_poisson.h",
       "P(S >= sum) of a sum of rare events, each worth a whole number.",
       {{"intensity", ValueType::f64s, "[b] float64: expected events worth b at scale 1; the first is of b = 0"},
        {"scales", ValueType::f64s, "[n] float64, > 0"},
        {"sums", ValueType::u32s, "[n] uint32"},
        {"max_sum", ValueType::integer, "larger sums get its tail", std::int64_t{320}}},
       {{"tails", "[n] float64"}},
       run_tails},
      {"poisson_binomial_tail",
       "coaction.h",
       "P(at least k of independent trials with these chances happen), exactly.",
       {{"chances", ValueType::f64s, "[n] float64 in [0, 1]"}, {"k", ValueType::integer, "count"}},
       {{"tail", "float64"}},
       run_binomial},
      {"bicm",
       "null_model.h",
       "The bipartite configuration model: the probability of an edge by the degrees of its ends.",
       {degrees("left_degrees"), degrees("right_degrees")},
       {{"left", "[i] uint32: distinct degrees"},
        {"right", "[j] uint32"},
        {"probability", "[i * j] float64, row by row"},
        {"degree_error", "float64: largest relative error of an expected degree"}},
       run_bicm},
      {"separable_bound",
       "null_model.h",
       "Fitnesses x, y with P(edge) <= x y in the bipartite configuration model.",
       {degrees("left_degrees"), degrees("right_degrees")},
       {{"x", "[left] float64"}, {"y", "[right] float64"}},
       run_bound},
  };
}

}  // namespace ringscope::named
