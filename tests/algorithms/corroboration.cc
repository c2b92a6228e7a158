#include "algorithms/corroboration.h"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

// A graph with everything a pair is tested with; owns what PairNull looks at.
struct Case {
  BipartiteArrays arrays;
  std::vector<float> rarity;
  std::vector<float> left_scale;
  CompoundPoissonTails tails;

  PairNull null() const { return {arrays.view(), rarity, left_scale, arrays.view().layer_count(), &tails}; }
};

// Every right vertex adds ten bins, of which a pair gets 1e-5 by chance.
Case ten_bins_each(const std::vector<std::vector<Vertex>>& rows, Vertex rights) {
  std::vector<double> intensity(11, 0.0);
  intensity[10] = 1e-5;
  return {testing::bipartite_of_rows(rows, rights), std::vector<float>(rights, 10.0F),
          std::vector<float>(rows.size(), 1.0F), CompoundPoissonTails(intensity, 100)};
}

// Two layers; rarities of 0 to 8 bins, scales of 0 to 3.
Case random_case(std::uint64_t seed) {
  Random random(seed);
  const auto lefts = static_cast<Vertex>(2 + random.below(24)), rights = static_cast<Vertex>(1 + random.below(30));
  BipartiteArrays arrays = testing::random_bipartite(random, lefts, rights, 0.15);
  arrays.layer_offsets = {0, rights / 3, rights};
  std::vector<float> rarity, scale;
  for (Vertex r = 0; r < rights; ++r) rarity.push_back(static_cast<float>(random.below(9)));
  for (Vertex l = 0; l < 2 * lefts; ++l) scale.push_back(static_cast<float>(random.below(13)) / 4.0F);
  std::vector<double> intensity(9, 0.0);
  for (int b = 1; b <= 8; ++b) intensity[static_cast<std::size_t>(b)] = 2e-4;
  return {std::move(arrays), std::move(rarity), std::move(scale), CompoundPoissonTails(intensity, 60)};
}

bool touches(const BipartiteGraph& graph, Vertex l, Vertex r) {
  const auto rights = graph.rights_of(l);
  return std::ranges::binary_search(rights, r);
}

// Sum of the rarities that a pair shares, `except` left out.
double shared_bins(const PairNull& null, Vertex l, Vertex other, Vertex except) {
  double bins = 0;
  for (Vertex r = 0; r < null.graph.right_count(); ++r) {
    if (r != except && touches(null.graph, l, r) && touches(null.graph, other, r)) {
      bins += static_cast<double>(null.rarity[r]);
    }
  }
  return bins;
}

double surprise_by_hand(const Case& c, Vertex l, Vertex other, double bins) {
  const std::size_t layers = c.arrays.layer_offsets.size() - 1;
  double scale = 0;
  for (std::size_t k = 0; k < layers; ++k) {
    scale += static_cast<double>(c.left_scale[l * layers + k]) * static_cast<double>(c.left_scale[other * layers + k]);
  }
  return -std::log2(c.tails.tail(scale, static_cast<unsigned>(bins)));
}

// Pairs of lefts of r that are in one component of the corroborated pairs among them.
std::uint64_t joined_by_closure(const Case& c, Vertex r, const CorroborationOptions& options) {
  const PairNull null = c.null();
  const auto lefts = null.graph.lefts_of(r);
  const auto n = lefts.size();
  const double most_p = std::min(options.most_p, options.chance_links / static_cast<double>(n));
  std::vector<std::vector<bool>> reaches(n, std::vector<bool>(n, false));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double rest = shared_bins(null, lefts[i], lefts[j], r);
      reaches[i][j] =
          i == j || (rest > 0 && surprise_by_hand(c, lefts[i], lefts[j], rest) >= -std::log2(most_p) - 1e-5);
    }
  }
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) reaches[i][j] = reaches[i][j] || (reaches[i][k] && reaches[k][j]);
    }
  }
  std::uint64_t joined = 0;
  for (std::size_t i = 0; i < n; ++i) joined += static_cast<std::uint64_t>(std::ranges::count(reaches[i], true)) - 1;
  return joined / 2;
}

TEST_CASE("corroboration: worked by hand") {
  // Right 0 joins 0, 1, 2; of these 0-1 also share 1 and 1-2 share 2, so that 0-2 are joined through 1. Right 3 joins 3
  // and 4, who share nothing else; right 4 joins 0 and 4 likewise.
  const Case c = ten_bins_each({{0, 1, 4}, {0, 1, 2}, {0, 2}, {3}, {3, 4}}, 5);
  const Corroboration result = corroborate(c.null(), {});
  CHECK(result.joined_pairs == std::vector<std::uint64_t>{3, 1, 1, 0, 0});
  const auto pairs_with = [&](double bins) {
    const auto bin = static_cast<std::size_t>(surprise_by_hand(c, 0, 1, bins) * Corroboration::kBinsPerBit);
    return result.surprise_counts[bin];
  };
  CHECK(pairs_with(10) == 3);  // 0-2, 0-4, 3-4
  CHECK(pairs_with(20) == 2);  // 0-1, 1-2
}

TEST_CASE("corroboration: what takes no part neither adds nor corroborates") {
  Case c = ten_bins_each({{0, 1}, {0, 1}}, 2);
  c.rarity[1] = 0;
  const Corroboration result = corroborate(c.null(), {});
  CHECK(result.joined_pairs == std::vector<std::uint64_t>{0, 0});
  CHECK(std::accumulate(result.surprise_counts.begin(), result.surprise_counts.end(), std::uint64_t{0}) == 1);
}

TEST_CASE("corroboration: what follows from a thing does not corroborate it") {
  // 0 and 1 share right 0 and, because it follows, right 1; 2 and 3 share right 2 and, by themselves, right 1.
  const Case c = ten_bins_each({{0, 1}, {0, 1}, {1, 2}, {1, 2}}, 3);
  PairNull null = c.null();
  CHECK(corroborate(null, {}).joined_pairs == std::vector<std::uint64_t>{1, 2, 1});
  const std::vector<float> with_consequences = {20, 10, 10};
  null.with_consequences = with_consequences;
  CHECK(corroborate(null, {}).joined_pairs == std::vector<std::uint64_t>{0, 2, 1});
}

TEST_CASE("corroboration: what many share needs more of the rest") {
  // Two lefts of a right vertex of degree d share another one: p = 1e-5 corroborates while chance_links / d is above
  // it.
  for (const Vertex d : {2U, 9U, 11U, 40U}) {
    std::vector<std::vector<Vertex>> rows(d, std::vector<Vertex>{0});
    rows[0].push_back(1);
    rows[1].push_back(1);
    const Case c = ten_bins_each(rows, 2);
    CHECK(corroborate(c.null(), {.chance_links = 1e-4}).joined_pairs[0] == (d < 10 ? 1 : 0));
  }
}

TEST_CASE("corroboration: equals brute force on 200 random graphs at 1, 2 and 8 threads") {
  std::uint64_t joined = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Case c = random_case(seed);
    const PairNull null = c.null();
    std::vector<std::uint64_t> counts(Corroboration::kBins, 0);
    for (Vertex l = 0; l < null.graph.left_count(); ++l) {
      for (Vertex other = l + 1; other < null.graph.left_count(); ++other) {
        const double bins = shared_bins(null, l, other, null.graph.right_count());
        if (bins == 0) continue;
        CHECK(static_cast<double>(null.surprise(l, other, bins)) ==
              doctest::Approx(surprise_by_hand(c, l, other, bins)).epsilon(1e-5));
        ++counts[static_cast<std::size_t>(null.surprise(l, other, bins) * Corroboration::kBinsPerBit)];
      }
    }
    for (const unsigned threads : {1U, 2U, 8U}) {
      const CorroborationOptions options{.threads = threads};
      const Corroboration result = corroborate(null, options);
      CHECK(result.surprise_counts == counts);
      for (Vertex r = 0; r < null.graph.right_count(); ++r) {
        const std::uint64_t expected = null.rarity[r] > 0 ? joined_by_closure(c, r, options) : 0;
        CHECK(result.joined_pairs[r] == expected);
        joined += expected;
      }
    }
  }
  CHECK(joined > 1000);  // the oracle was asked something
}

// What a class surely has, by the residuals of its right vertices and of the one that is added.
double least_rate(std::vector<std::pair<double, double>> joined_and_pairs) {
  joined_and_pairs.emplace_back(0, 2);
  double joined = 0, pairs = 0, squares = 0;
  for (const auto& [j, p] : joined_and_pairs) {
    joined += j;
    pairs += p;
  }
  for (const auto& [j, p] : joined_and_pairs) squares += (j - p * joined / pairs) * (j - p * joined / pairs);
  return std::max(0.0, joined / pairs - 1.645 * std::sqrt(squares) / pairs);
}

TEST_CASE("vouching: classes are a layer and a power of two of the degree, with two unjoined pairs added") {
  // Degrees 2, 2, 3 | 4, and a second layer of degree 2.
  const Case c = [] {
    Case made = ten_bins_each({{0, 2, 3}, {0, 2, 3}, {1, 2, 3}, {1, 3, 4}, {4}}, 5);
    made.arrays.layer_offsets = {0, 4, 5};
    made.left_scale.assign(10, 1.0F);
    return made;
  }();
  const Vouching vouching = vouch(c.null(), std::vector<std::uint64_t>{1, 1, 2, 6, 1});
  const double twos = least_rate({{1, 1}, {1, 1}, {2, 3}}), fours = least_rate({{6, 6}});
  for (const Vertex r : {0U, 1U, 2U}) CHECK(static_cast<double>(vouching.observed[r]) == doctest::Approx(twos));
  CHECK(static_cast<double>(vouching.observed[3]) == doctest::Approx(fours));
  CHECK(static_cast<double>(vouching.observed[4]) == doctest::Approx(least_rate({{1, 1}})));
  CHECK(twos < fours);
  // What would rise with the degree is pooled by the number of vertices, three against one.
  for (const Vertex r : {0U, 1U, 2U, 3U}) {
    CHECK(static_cast<double>(vouching.fitted[r]) == doctest::Approx((3 * twos + fours) / 4));
  }
  CHECK(vouching.fitted[4] == vouching.observed[4]);
}

TEST_CASE("vouching: one large vertex is one observation, and many small ones are believed sooner") {
  // Half of the pairs of two vertices of 16, all of one and none of the other; half of those of 240 vertices of two.
  std::vector<std::vector<Vertex>> rows(512);
  for (Vertex l = 0; l < 32; ++l) rows[l].push_back(l / 16);
  for (Vertex l = 32; l < 512; ++l) rows[l].push_back(2 + (l - 32) / 2);
  const Case c = ten_bins_each(rows, 242);
  std::vector<std::uint64_t> joined(242, 0);
  joined[0] = 120;
  for (Vertex r = 2; r < 122; ++r) joined[r] = 1;
  const Vouching vouching = vouch(c.null(), joined);
  CHECK(static_cast<double>(vouching.observed[0]) < 0.1);
  CHECK(static_cast<double>(vouching.observed[2]) > 0.4);
  CHECK(static_cast<double>(vouching.observed[2]) < 0.5);
}

TEST_CASE("vouching: a rarer class never vouches for less, on 200 random graphs") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Case c = random_case(seed);
    const PairNull null = c.null();
    const Vouching vouching = vouch(null, corroborate(null, {.most_p = 0.05, .chance_links = 1}).joined_pairs);
    for (std::size_t k = 0; k < null.graph.layer_count(); ++k) {
      for (Vertex r = null.graph.layer_begin(k); r < null.graph.layer_end(k); ++r) {
        CHECK((null.rarity[r] > 0 || (vouching.observed[r] == 0 && vouching.fitted[r] == 0)));
        for (Vertex s = null.graph.layer_begin(k); s < null.graph.layer_end(k); ++s) {
          if (null.rarity[r] <= 0 || null.rarity[s] <= 0) continue;
          if (null.graph.right_degree(r) < null.graph.right_degree(s)) CHECK(vouching.fitted[r] >= vouching.fitted[s]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace ringscope
