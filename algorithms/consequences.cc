#include "algorithms/consequences.h"

#include <algorithm>
#include <cmath>

namespace ringscope {
namespace {

constexpr std::size_t kPairsOfOne = 16;

enum class Layer : char { absent, differs, agrees };

// How a pair of left vertices compares in each layer.
std::vector<Layer> compare(const BipartiteGraph& graph, Vertex l, Vertex other) {
  const auto a = graph.rights_of(l), b = graph.rights_of(other);
  std::vector<Layer> layers(graph.layer_count(), Layer::absent);
  auto i = a.begin(), j = b.begin();
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const auto a_end = std::lower_bound(i, a.end(), graph.layer_end(k)),
               b_end = std::lower_bound(j, b.end(), graph.layer_end(k));
    if (i != a_end && j != b_end) layers[k] = Layer::differs;
    while (i != a_end && j != b_end) {
      if (*i == *j) layers[k] = Layer::agrees;
      if (*i < *j) {
        ++i;
      } else {
        ++j;
      }
    }
    i = a_end;
    j = b_end;
  }
  return layers;
}

// Of strangers who share in one layer, those who agree in another: a ratio over right vertices.
struct Agreement {
  double agree = 0, pairs = 0, rights = 0;
  double agree_agree = 0, agree_pairs = 0, pairs_pairs = 0;

  void add(double agree_of_one, double pairs_of_one) {
    agree += agree_of_one;
    pairs += pairs_of_one;
    rights += 1;
    agree_agree += agree_of_one * agree_of_one;
    agree_pairs += agree_of_one * pairs_of_one;
    pairs_pairs += pairs_of_one * pairs_of_one;
  }
  // Surpassed with 95% confidence; one more pair that differs keeps a small sample from being sure.
  double least_share() const {
    constexpr double kDeviations = 1.645;
    const double share = agree / (pairs + 1);
    const double residuals = agree_agree - 2 * share * agree_pairs + share * share * pairs_pairs;
    return share - kDeviations * std::sqrt(std::max(0.0, residuals)) / (pairs + 1);
  }
};

// agreement[a * layers + b]: of the strangers who share in layer a.
class Strangers {
 public:
  Strangers(const BipartiteGraph& graph, const ConsequenceOptions& options)
      : graph_(graph), options_(options), layers_(graph.layer_count()), agreement_(layers_ * layers_) {
    for (std::size_t k = 0; k < layers_; ++k) {
      for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) add(r, k);
    }
  }
  bool follows(std::size_t layer, std::size_t from) const {
    const Agreement& one = agreement_[from * layers_ + layer];
    return layer != from && one.rights >= options_.least_rights && one.least_share() >= options_.least_share;
  }

 private:
  void add(Vertex r, std::size_t own) {
    const auto lefts = graph_.lefts_of(r);
    std::vector<double> agree(layers_, 0), pairs(layers_, 0);
    for (std::size_t i = 0; i + 1 < std::min(lefts.size(), kPairsOfOne + 1); ++i) {
      const std::vector<Layer> layers = compare(graph_, lefts[i], lefts[i + 1]);
      const auto agreeing = std::ranges::count(layers, Layer::agrees),
                 differing = std::ranges::count(layers, Layer::differs);
      for (std::size_t k = 0; k < layers_; ++k) {
        if (k == own || layers[k] == Layer::absent) continue;
        const bool agrees = layers[k] == Layer::agrees;
        // Besides their own layer and this one, they agree in none and differ in enough.
        if (agreeing != (agrees ? 2 : 1) || differing - (agrees ? 0 : 1) < std::ptrdiff_t{options_.other_layers})
          continue;
        pairs[k] += 1;
        agree[k] += agrees ? 1 : 0;
      }
    }
    for (std::size_t k = 0; k < layers_; ++k) {
      if (pairs[k] > 0) agreement_[own * layers_ + k].add(agree[k], pairs[k]);
    }
  }

  const BipartiteGraph& graph_;
  const ConsequenceOptions& options_;
  std::size_t layers_;
  std::vector<Agreement> agreement_;
};

// The right vertex of a layer that all left vertices of r touch which touch any of that layer; right_count: none.
Vertex common_right(const BipartiteGraph& graph, Vertex r, std::size_t layer) {
  std::vector<Vertex> common;
  bool first = true;
  for (const Vertex l : graph.lefts_of(r)) {
    const auto rights = graph.rights_of(l);
    const auto begin = std::ranges::lower_bound(rights, graph.layer_begin(layer));
    const auto end = std::lower_bound(begin, rights.end(), graph.layer_end(layer));
    if (begin == end) continue;
    if (first) {
      common.assign(begin, end);
    } else {
      std::erase_if(common, [&](Vertex v) { return !std::binary_search(begin, end, v); });
    }
    first = false;
  }
  return common.empty() ? graph.right_count() : common.front();
}

}  // namespace

Consequences find_consequences(const BipartiteGraph& graph, const ConsequenceOptions& options) {
  const Strangers strangers(graph, options);
  Consequences result;
  std::vector<std::size_t> offsets = {0};
  for (std::size_t k = 0; k < graph.layer_count(); ++k) {
    std::vector<std::size_t> following;
    for (std::size_t other = 0; other < graph.layer_count(); ++other) {
      if (strangers.follows(other, k) && (other < k || !strangers.follows(k, other))) following.push_back(other);
    }
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
      for (const std::size_t other : following) {
        const Vertex common = graph.right_degree(r) < 2 ? graph.right_count() : common_right(graph, r, other);
        if (common < graph.right_count()) result.targets_.push_back(common);
      }
      offsets.push_back(result.targets_.size());
    }
  }
  if (!result.targets_.empty()) result.offsets_ = std::move(offsets);
  return result;
}

}  // namespace ringscope
