#include "algorithms/pair_tails.h"

#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "algorithms/projection.h"
#include "algorithms/shuffle.h"
#include "base/error.h"
#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

// P(S >= s) by adding one Bernoulli after the other to a map of sums: exact for weights that are small multiples of a
// grid.
std::map<double, double> exact_masses(const std::vector<double>& probabilities, const std::vector<double>& weights) {
  std::map<double, double> mass{{0.0, 1.0}};
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    std::map<double, double> next;
    for (const auto& [sum, p] : mass) {
      next[sum] += p * (1 - probabilities[i]);
      next[sum + weights[i]] += p * probabilities[i];
    }
    mass = std::move(next);
  }
  return mass;
}

double exact_tail(const std::map<double, double>& mass, double s) {
  double tail = 0;
  for (auto it = mass.rbegin(); it != mass.rend() && it->first >= s - 1e-12; ++it) tail += it->second;
  return tail;
}

struct Layer {
  std::vector<Vertex> left, right;
  explicit Layer(const BipartiteGraph& graph) {
    for (Vertex l = 0; l < graph.left_count(); ++l) left.push_back(static_cast<Vertex>(graph.left_degree(l)));
    for (Vertex r = 0; r < graph.right_count(); ++r) right.push_back(static_cast<Vertex>(graph.right_degree(r)));
  }
};

std::vector<OverlapClass> classes_of(const BicmModel& model, double (*weight)(Vertex)) {
  std::vector<OverlapClass> classes;
  for (const DegreeClass& c : model.right_classes()) {
    if (c.degree > 0) classes.push_back({c.degree, weight(c.degree), c.count});
  }
  return classes;
}

double count_weight(Vertex) { return 1; }
double rarity_weight(Vertex degree) { return 10 - std::log2(static_cast<double>(degree)); }
double quarter_weight(Vertex degree) { return std::round(4 * rarity_weight(degree)) / 4; }

TEST_CASE("jump tails: one frequent jump, a rare one, by hand") {
  const std::vector<Jump> jumps{{2, 0.5, 1}, {3, 0.01, 1}};
  const std::vector<double> tails = jump_tails(jumps, 12);
  CHECK(tails[0] == 1);
  CHECK(tails[1] == doctest::Approx(1 - 0.5 * 0.99));
  CHECK(tails[2] == doctest::Approx(1 - 0.5 * 0.99));
  CHECK(tails[3] == doctest::Approx(0.01).epsilon(0.02));
  CHECK(tails[5] == doctest::Approx(0.005).epsilon(0.03));
  CHECK(tails[5] >= 0.005);
}

TEST_CASE("jump tails: never below the truth and close to it, on 200 random sums") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::vector<Jump> jumps;
    std::vector<double> probabilities;
    std::vector<double> weights;
    const double scale = std::pow(10.0, -3 * random.uniform());
    for (std::size_t i = 0; i < 1 + random.below(12); ++i) {
      const Jump jump{1 + random.below(9), scale * random.uniform(), static_cast<Vertex>(1 + random.below(30))};
      jumps.push_back(jump);
      probabilities.insert(probabilities.end(), jump.count, jump.probability);
      weights.insert(weights.end(), jump.count, static_cast<double>(jump.cells));
    }
    const auto mass = exact_masses(probabilities, weights);
    const std::vector<double> tails = jump_tails(jumps, 400);
    for (std::size_t s = 0; s < tails.size(); ++s) {
      const double truth = exact_tail(mass, static_cast<double>(s));
      CHECK(tails[s] >= truth * (1 - 1e-9) - 1e-300);
      if (truth > 1e-3 && tails.back() < 1e-6) CHECK(tails[s] <= truth * 1.2);
    }
  }
}

TEST_CASE("jump tails: rates too large for exp() still give sums") {
  const std::vector<Jump> jumps{{1, 0.01, 300'000}};  // mean 3,000, standard deviation 55
  const std::vector<double> tails = jump_tails(jumps, 4000);
  CHECK(tails[2700] == doctest::Approx(1));
  CHECK(tails[3015] == doctest::Approx(0.5).epsilon(0.1));
  CHECK(tails[3500] > 0);
  CHECK(tails[3500] < 1e-12);
  CHECK(jump_tails(jumps, 100)[99] == 1);
}

TEST_CASE("pair tails: counts equal the Poisson-binomial of the model, on 200 random graphs, never below") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const BipartiteArrays arrays = testing::random_bipartite(random, 20, 15, 0.05 + 0.3 * random.uniform());
    const Layer layer(arrays.view());
    const BicmModel model = fit_bicm(layer.left, layer.right);
    const PairTails tails = build_pair_tails(model, classes_of(model, count_weight),
                                             {.grid = 1, .maximum = 20, .bucket_ratio = 1, .threads = 1});
    const Vertex a = layer.left[random.below(20)];
    const Vertex b = layer.left[random.below(20)];
    std::vector<double> probabilities;
    for (const Vertex d : layer.right) probabilities.push_back(model.probability(a, d) * model.probability(b, d));
    const auto mass = exact_masses(probabilities, std::vector<double>(15, 1.0));
    for (int s = 0; s <= 15; ++s) {
      const double truth = exact_tail(mass, s);
      CHECK(tails(a, b, s) >= truth * (1 - 1e-9));
      CHECK(tails(a, b, s) == tails(b, a, s));
      if (truth > 1e-3) CHECK(tails(a, b, s) <= truth * 1.1);
    }
  }
}

TEST_CASE("pair tails: buckets and rounded weights only raise a p-value") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const BipartiteArrays arrays = testing::random_bipartite(random, 40, 12, 0.3);
    const Layer layer(arrays.view());
    const BicmModel model = fit_bicm(layer.left, layer.right);
    const PairTails tails =
        build_pair_tails(model, classes_of(model, rarity_weight), {.bucket_ratio = 2, .most_buckets = 3});
    for (const auto& [i, j] : {std::pair{0, 1}, std::pair{5, 9}}) {
      const auto a = layer.left[static_cast<std::size_t>(i)];
      const auto b = layer.left[static_cast<std::size_t>(j)];
      // All 2^12 sets of shared right vertices.
      std::vector<std::pair<double, double>> outcomes;
      for (unsigned set = 0; set < 4096; ++set) {
        double p = 1;
        double weight = 0;
        for (std::size_t r = 0; r < 12; ++r) {
          const double q = model.probability(a, layer.right[r]) * model.probability(b, layer.right[r]);
          const bool shared = (set >> r & 1U) != 0;
          p *= shared ? q : 1 - q;
          if (shared) weight += rarity_weight(layer.right[r]);
        }
        outcomes.emplace_back(weight, p);
      }
      for (const double s : {0.0, 5.0, 7.3, 12.6, 20.1, 33.0}) {
        double truth = 0;
        for (const auto& [weight, p] : outcomes) truth += weight >= s ? p : 0;
        CHECK(tails(a, b, s) >= truth * (1 - 1e-9));
      }
    }
  }
}

TEST_CASE("pair tails: a degree above those fitted is never surprising, an overlap of nothing neither") {
  const BicmModel model = fit_bicm(std::vector<Vertex>(100, 2), std::vector<Vertex>(100, 2));
  const PairTails tails = build_pair_tails(model, std::vector<OverlapClass>{{2, 6.0, 100}});
  CHECK(tails(2, 3, 12) == 1);
  CHECK(tails(2, 2, 0) == 1);
  CHECK(tails(2, 2, 12) < 1e-3);
  CHECK(tails(2, 2, 1e9) == tails(2, 2, 128));
  CHECK(tails.bytes() > 0);
  CHECK_THROWS_AS(build_pair_tails(model, std::vector<OverlapClass>{{2, -1.0, 1}}), Error);
  CHECK_THROWS_AS(build_pair_tails(model, {}, {.grid = 0}), Error);
}

// Of all pairs of a shuffled graph, the share with a p-value of at most x.
struct Calibration {
  std::array<double, 3> share{};
  double pairs = 0;
};
constexpr std::array<double, 3> kLevels{0.1, 0.01, 0.001};

Calibration calibrate(const BipartiteArrays& graph, double (*weight)(Vertex), int shuffles, unsigned threads) {
  const Layer layer(graph.view());
  const BicmModel model = fit_bicm(layer.left, layer.right);
  const PairTails tails = build_pair_tails(model, classes_of(model, weight), {.threads = threads});
  std::vector<float> weights;
  for (const Vertex d : layer.right) weights.push_back(d == 0 ? 0.0F : static_cast<float>(weight(d)));
  Calibration result;
  for (int i = 0; i < shuffles; ++i) {
    const BipartiteArrays mixed = shuffle_preserving_degrees(graph.view(), {.seed = static_cast<std::uint64_t>(i)});
    const auto p_value = [&](Vertex l, Vertex other, Vertex, double s) -> std::optional<float> {
      return static_cast<float>(tails(layer.left[l], layer.left[other], s));
    };
    for (const WeightedEdge& pair : project_pairs(mixed.view(), weights, p_value, {.threads = threads})) {
      for (std::size_t x = 0; x < kLevels.size(); ++x)
        result.share[x] += static_cast<double>(pair.weight) <= kLevels[x];
    }
    const double n = graph.view().left_count();
    result.pairs += n * (n - 1) / 2;
  }
  for (double& share : result.share) share /= result.pairs;
  return result;
}

TEST_CASE("pair tails: on degree-preserving shuffles, p <= x for at most a share x of all pairs") {
  Random random(21);
  std::vector<std::vector<Vertex>> rows(300);
  for (auto& row : rows) {
    const auto size = static_cast<std::size_t>(2 + std::min(40.0, 3 / random.uniform()));
    for (std::size_t i = 0; i < size; ++i) {
      row.push_back(static_cast<Vertex>(300 * random.uniform() * random.uniform()));
    }
    std::ranges::sort(row);
    row.erase(std::unique(row.begin(), row.end()), row.end());
  }
  const BipartiteArrays graph = testing::bipartite_of_rows(rows, 300);
  for (const auto weight : {count_weight, quarter_weight}) {
    const Calibration shares = calibrate(graph, weight, 10, 2);
    for (std::size_t x = 0; x < kLevels.size(); ++x) {
      const double noise = 5 * std::sqrt(kLevels[x] / shares.pairs);
      CHECK(shares.share[x] <= 1.1 * kLevels[x] + noise);
    }
    CHECK(shares.share[1] >= 0.05 * kLevels[1]);  // and the bound is not an empty one
  }
}

}  // namespace
}  // namespace ringscope
