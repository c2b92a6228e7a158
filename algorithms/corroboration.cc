#include "algorithms/corroboration.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <memory>
#include <optional>

#include "algorithms/corroboration_parts.h"
#include "algorithms/isotonic.h"
#include "algorithms/projection.h"
#include "base/error.h"

namespace ringscope {

float PairNull::surprise(Vertex l, Vertex other, double bins) const {
  double scale = 0;
  for (std::size_t k = 0; k < layers; ++k) {
    scale += static_cast<double>(left_scale[l * layers + k]) * static_cast<double>(left_scale[other * layers + k]);
  }
  return tails->surprise(scale, static_cast<unsigned>(std::max(bins, 0.0)));
}

namespace {

// Union-find over the edges of the bipartite graph, safe for concurrent joins. The root of a set is its smallest edge,
// so the sets do not depend on who was first.
class EdgeSets {
 public:
  explicit EdgeSets(std::size_t edges) : parent_(new std::atomic<std::uint32_t>[edges]) {
    for (std::size_t e = 0; e < edges; ++e) parent_[e].store(static_cast<std::uint32_t>(e), std::memory_order_relaxed);
  }
  std::uint32_t find(std::uint32_t e) const {
    for (std::uint32_t parent = load(e); parent != e; parent = load(e)) e = parent;
    return e;
  }
  void join(std::uint32_t a, std::uint32_t b) {
    for (;;) {
      a = find(a);
      b = find(b);
      if (a == b) return;
      if (a < b) std::swap(a, b);
      std::uint32_t expected = a;
      if (parent_[a].compare_exchange_strong(expected, b, std::memory_order_relaxed)) return;
    }
  }

 private:
  std::uint32_t load(std::uint32_t e) const { return parent_[e].load(std::memory_order_relaxed); }
  std::unique_ptr<std::atomic<std::uint32_t>[]> parent_;
};

// The least surprise of the rest that corroborates a pair at a right vertex of this degree.
float least_corroboration(double degree, const CorroborationOptions& options) {
  return static_cast<float>(-std::log2(std::min(options.most_p, options.chance_links / degree)));
}

// One thread's scratch: what row l shares with each later row.
class RowScan {
 public:
  // `degrees`: by right vertex, where the graph has not all its left vertices; empty: it has.
  RowScan(const PairNull& null, const CorroborationOptions& options, std::span<const Vertex> degrees = {})
      : null_(null),
        options_(options),
        degrees_(degrees),
        accumulator_(null.graph.left_count()),
        bins_(null.graph.left_count(), 0) {
    if (options.by == Corroborating::other_layers) layer_bins_.resize(null.graph.left_count(), 0);
  }

  void scan(Vertex l, std::span<std::uint64_t> counts, EdgeSets& sets) {
    touched_.clear();
    accumulator_.visit_row(null_.graph, null_.rarity, l, [&](Vertex other, Vertex, double weight) {
      bins_[other] = static_cast<float>(weight);
      touched_.push_back(other);
      ++counts[bin_of(null_.surprise(l, other, weight))];
    });
    join_corroborated(l, sets);
    for (const Vertex other : touched_) bins_[other] = 0;
  }

 private:
  static std::size_t bin_of(float surprise) {
    const auto bin = static_cast<std::size_t>(std::max(0.0F, surprise) * Corroboration::kBinsPerBit);
    return std::min<std::size_t>(bin, Corroboration::kBins - 1);
  }

  void join_corroborated(Vertex l, EdgeSets& sets) {
    const auto rights = null_.graph.rights_of(l);
    std::size_t layer = 0;
    for (std::size_t begin = 0, end = 0; begin < rights.size(); begin = end) {
      while (rights[begin] >= null_.graph.layer_end(layer)) ++layer;
      while (end < rights.size() && rights[end] < null_.graph.layer_end(layer)) ++end;
      const bool several = options_.by == Corroborating::other_layers && end - begin > 1;
      if (several) add_layer(l, rights.subspan(begin, end - begin), 1);
      for (std::size_t i = begin; i < end; ++i) join_column(l, rights[i], several, null_.graph.left_begin(l) + i, sets);
      if (several) add_layer(l, rights.subspan(begin, end - begin), 0);
    }
  }

  // Sums what later rows share with l in one layer (keep = 1), or forgets it (keep = 0).
  void add_layer(Vertex l, std::span<const Vertex> rights, float keep) {
    for (const Vertex r : rights) {
      if (null_.rarity[r] <= 0) continue;
      const auto column = null_.graph.lefts_of(r);
      for (std::size_t j = column.size(); j-- > 0 && column[j] > l;) {
        layer_bins_[column[j]] = keep * (layer_bins_[column[j]] + null_.rarity[r]);
      }
    }
  }

  // `several`: l has more in the layer, and what each later row shares of it is summed up.
  void join_column(Vertex l, Vertex r, bool several, ArcIndex edge, EdgeSets& sets) {
    if (null_.rarity[r] <= 0) return;
    const float own = null_.explained_by(r);
    const auto column = null_.graph.lefts_of(r);
    const auto edges = null_.graph.edges_of(r);
    const std::size_t degree = degrees_.empty() ? column.size() : degrees_[r];
    const float least = least_corroboration(static_cast<double>(degree), options_);
    for (std::size_t j = column.size(); j-- > 0 && column[j] > l;) {
      const float not_counted = several ? layer_bins_[column[j]] + own - null_.rarity[r] : own;
      const float rest = bins_[column[j]] - not_counted;
      if (rest <= 0 || null_.surprise(l, column[j], static_cast<double>(rest)) < least) continue;
      sets.join(static_cast<std::uint32_t>(edge), static_cast<std::uint32_t>(edges[j]));
    }
  }

  const PairNull& null_;
  const CorroborationOptions& options_;
  std::span<const Vertex> degrees_;
  RowAccumulator accumulator_;
  std::vector<float> bins_;        // shared with the row at work, by other
  std::vector<float> layer_bins_;  // of them, in the layer at work
  std::vector<Vertex> touched_;
};

std::uint64_t pairs_of(std::uint64_t n) { return n * (n - 1) / 2; }

std::vector<std::uint64_t> joined_pairs(const PairNull& null, const EdgeSets& sets, unsigned threads) {
  std::vector<std::uint64_t> joined(null.graph.right_count(), 0);
  parallel_chunks(joined.size(), 4096, threads, [&](const Chunk& chunk, unsigned) {
    std::vector<std::uint32_t> roots;
    for (auto r = static_cast<Vertex>(chunk.begin); r < chunk.end; ++r) {
      if (null.rarity[r] <= 0) continue;
      roots.clear();
      for (const ArcIndex e : null.graph.edges_of(r)) roots.push_back(sets.find(static_cast<std::uint32_t>(e)));
      std::sort(roots.begin(), roots.end());
      for (std::size_t i = 0, j = 0; i < roots.size(); i = j) {
        while (j < roots.size() && roots[j] == roots[i]) ++j;
        joined[r] += pairs_of(j - i);
      }
    }
  });
  return joined;
}

}  // namespace

Corroboration corroborate(const PairNull& null, const CorroborationOptions& options) {
  constexpr std::size_t kRows = 512;
  const unsigned threads = options.threads == 0 ? hardware_threads() : options.threads;
  EdgeSets sets(null.graph.edge_count());
  std::vector<std::optional<RowScan>> scans(threads);
  std::vector<std::vector<std::uint64_t>> counts(threads);
  parallel_chunks(null.graph.left_count(), kRows, threads, [&](const Chunk& rows, unsigned worker) {
    if (!scans[worker]) {
      scans[worker].emplace(null, options);
      counts[worker].resize(Corroboration::kBins);
    }
    for (auto l = static_cast<Vertex>(rows.begin); l < rows.end; ++l) scans[worker]->scan(l, counts[worker], sets);
  });
  Corroboration result;
  result.surprise_counts.resize(Corroboration::kBins);
  for (const auto& part : counts) {
    for (std::size_t b = 0; b < part.size(); ++b) result.surprise_counts[b] += part[b];
  }
  result.joined_pairs = joined_pairs(null, sets, threads);
  return result;
}

CorroboratedRows corroborate_rows(const PairNull& null, const CorroborationOptions& options, Vertex begin, Vertex end,
                                  std::span<const Vertex> degrees) {
  EdgeSets sets(null.graph.edge_count());
  RowScan scan(null, options, degrees);
  CorroboratedRows rows{std::vector<std::uint64_t>(Corroboration::kBins, 0), {}};
  for (Vertex l = begin; l < end; ++l) scan.scan(l, rows.surprise_counts, sets);
  for (Vertex r = 0; r < null.graph.right_count(); ++r) {
    const auto lefts = null.graph.lefts_of(r);
    const auto edges = null.graph.edges_of(r);
    for (std::size_t i = 0; i < lefts.size(); ++i) {
      const ArcIndex root = sets.find(static_cast<std::uint32_t>(edges[i]));
      if (root == edges[i]) continue;
      const auto at = std::lower_bound(edges.begin(), edges.end(), root) - edges.begin();
      rows.joined.push_back({r, lefts[i], lefts[static_cast<std::size_t>(at)]});
    }
  }
  return rows;
}

namespace {

// The edge of a left and a right vertex.
std::uint32_t edge_between(const BipartiteGraph& graph, Vertex left, Vertex right) {
  if (left < graph.left_count()) {
    const auto rights = graph.rights_of(left);
    const auto at = std::lower_bound(rights.begin(), rights.end(), right);
    if (at != rights.end() && *at == right)
      return static_cast<std::uint32_t>(graph.left_begin(left) + static_cast<ArcIndex>(at - rights.begin()));
  }
  throw Error(ErrorCode::corrupt, "a part of a corroboration joins what the graph does not");
}

}  // namespace

Corroboration combine_corroborated(const PairNull& null, std::span<const std::uint64_t> surprise_counts,
                                   std::span<const JoinedLefts> joined, unsigned threads) {
  EdgeSets sets(null.graph.edge_count());
  for (const JoinedLefts& join : joined)
    sets.join(edge_between(null.graph, join.left, join.right), edge_between(null.graph, join.other, join.right));
  Corroboration result;
  result.surprise_counts.assign(surprise_counts.begin(), surprise_counts.end());
  result.surprise_counts.resize(Corroboration::kBins);
  result.joined_pairs = joined_pairs(null, sets, threads == 0 ? hardware_threads() : threads);
  return result;
}

namespace {

constexpr std::size_t kDegreeClasses = 32;  // floor(log2 degree)
constexpr double kUnjoinedPairs = 2;        // added to every class

// Sums over the right vertices of a class of their pairs and joined pairs, and of the products of these.
struct ClassRate {
  double joined = 0, pairs = 0, vertices = 0;
  double joined_joined = 0, joined_pairs = 0, pairs_pairs = 0;

  void add(double joined_of_one, double pairs_of_one) {
    joined += joined_of_one;
    pairs += pairs_of_one;
    joined_joined += joined_of_one * joined_of_one;
    joined_pairs += joined_of_one * pairs_of_one;
    pairs_pairs += pairs_of_one * pairs_of_one;
  }
  // The rate that the class surpasses with 95% confidence: pairs of one vertex are joined together or not at all, so
  // the vertices are the sample (ratio estimate, its error by the residuals of the vertices).
  double least_rate() const {
    constexpr double kDeviations = 1.645;
    const double rate = joined / pairs;
    const double residuals = joined_joined - 2 * rate * joined_pairs + rate * rate * pairs_pairs;
    return std::max(0.0, rate - kDeviations * std::sqrt(std::max(0.0, residuals)) / pairs);
  }
};

std::size_t class_of(const PairNull& null, Vertex r) {
  return static_cast<std::size_t>(std::bit_width(null.graph.right_degree(r) | 1) - 1);
}

std::vector<ClassRate> class_rates(const PairNull& null, std::size_t layer, std::span<const std::uint64_t> joined) {
  std::vector<ClassRate> classes(kDegreeClasses);
  for (Vertex r = null.graph.layer_begin(layer); r < null.graph.layer_end(layer); ++r) {
    if (null.rarity[r] <= 0) continue;
    ClassRate& rate = classes[class_of(null, r)];
    rate.add(static_cast<double>(joined[r]), static_cast<double>(pairs_of(null.graph.right_degree(r))));
    rate.vertices += 1;
  }
  return classes;
}

// Writes the rates of one layer into both vectors.
void vouch_layer(const PairNull& null, std::size_t layer, std::span<const std::uint64_t> joined, Vouching& vouching) {
  std::vector<ClassRate> classes = class_rates(null, layer, joined);
  std::vector<double> observed, weights;
  std::vector<std::size_t> position(kDegreeClasses, 0);
  for (std::size_t c = 0; c < kDegreeClasses; ++c) {
    if (classes[c].vertices == 0) continue;
    position[c] = observed.size();
    classes[c].add(0, kUnjoinedPairs);
    observed.push_back(classes[c].least_rate());
    weights.push_back(classes[c].vertices);
  }
  const std::vector<double> fitted = fit_non_increasing(observed, weights);
  for (Vertex r = null.graph.layer_begin(layer); r < null.graph.layer_end(layer); ++r) {
    if (null.rarity[r] <= 0) continue;
    const std::size_t at = position[class_of(null, r)];
    vouching.observed[r] = static_cast<float>(observed[at]);
    vouching.fitted[r] = static_cast<float>(fitted[at]);
  }
}

// By left vertex and layer: does it share anything in another layer?
std::vector<char> shares_elsewhere(const PairNull& null) {
  const std::size_t layers = null.graph.layer_count();
  std::vector<char> elsewhere(std::size_t{null.graph.left_count()} * layers, 0);
  for (std::size_t k = 0; k < layers; ++k) {
    for (Vertex r = null.graph.layer_begin(k); r < null.graph.layer_end(k); ++r) {
      if (null.rarity[r] <= 0) continue;
      for (const Vertex l : null.graph.lefts_of(r)) {
        for (std::size_t other = 0; other < layers; ++other) {
          if (other != k) elsewhere[l * layers + other] = 1;
        }
      }
    }
  }
  return elsewhere;
}

}  // namespace

Vouching vouch(const PairNull& null, std::span<const std::uint64_t> joined_pairs) {
  Vouching vouching{std::vector<float>(null.graph.right_count(), 0), std::vector<float>(null.graph.right_count(), 0)};
  for (std::size_t layer = 0; layer < null.graph.layer_count(); ++layer)
    vouch_layer(null, layer, joined_pairs, vouching);
  return vouching;
}

std::vector<float> trust(const PairNull& null, std::span<const std::uint64_t> joined_pairs, double prior_pairs) {
  std::vector<float> result(null.graph.right_count(), 0);
  const std::vector<char> elsewhere = shares_elsewhere(null);
  const std::size_t layers = null.graph.layer_count();
  for (std::size_t layer = 0; layer < layers; ++layer) {
    const std::vector<ClassRate> classes = class_rates(null, layer, joined_pairs);
    for (Vertex r = null.graph.layer_begin(layer); r < null.graph.layer_end(layer); ++r) {
      if (null.rarity[r] <= 0) continue;
      const auto lefts = null.graph.lefts_of(r);
      const auto able =
          std::count_if(lefts.begin(), lefts.end(), [&](Vertex l) { return elsewhere[l * layers + layer] != 0; });
      const ClassRate& rate = classes[class_of(null, r)];
      const double own = static_cast<double>(joined_pairs[r]) + prior_pairs * rate.joined / rate.pairs;
      const double share = own / (static_cast<double>(pairs_of(lefts.size())) + prior_pairs);
      result[r] = 2 * static_cast<std::size_t>(able) < lefts.size() ? 1.0F : static_cast<float>(share);
    }
  }
  return result;
}

}  // namespace ringscope
