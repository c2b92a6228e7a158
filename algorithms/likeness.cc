#include "algorithms/likeness.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace ringscope {
namespace {

constexpr double kRounding = 1e-9;                         // of amounts that were added and taken away again
constexpr double kShare[] = {1.0 / 2, 1.0 / 8, 1.0 / 32};  // of what a member touches, drawn from the group's mix …
constexpr double kPrior[] = {0.98, 0.01, 0.01};            // … and how many members do so, in a diluted layer

// Of what the group does not touch, as most of what a vertex has is.
const double kNothing[] = {std::log2(1 - kShare[0]), std::log2(1 - kShare[1]), std::log2(1 - kShare[2])};

}  // namespace

Likeness::Likeness(std::vector<LikenessView> views, std::size_t families)
    : views_(std::move(views)), states_(views_.size()), families_(families) {
  for (std::size_t v = 0; v < views_.size(); ++v) {
    const BipartiteGraph& graph = views_[v].graph;
    State& state = states_[v];
    in_group_.resize(graph.left_count(), 0);
    state.rights.resize(graph.right_count());
    state.layer_all.assign(graph.layer_count(), 0);
    state.layer_group.assign(graph.layer_count(), 0);
    if (!views_[v].amounts.empty()) add_amounts(v);
    for (std::size_t k = 0; k < graph.layer_count(); ++k) {
      for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
        Right& right = state.rights[r];
        if (views_[v].amounts.empty()) right.all = static_cast<double>(graph.right_degree(r));
        right.ever = right.all;
        right.layer = k;
        state.layer_all[k] += right.all;
      }
    }
    state.layer_ever = state.layer_all;
  }
}

// Along the rows, for the amounts lie so; each right vertex sums them in the order of its edges.
void Likeness::add_amounts(std::size_t view) {
  const BipartiteGraph& graph = views_[view].graph;
  const float* next = views_[view].amounts.data();
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    for (const Vertex r : graph.rights_of(l)) states_[view].rights[r].all += static_cast<double>(*next++);
  }
}

void Likeness::set_population(std::span<const Vertex> lefts, std::span<const double> weights, double prior) {
  population_given_ = true;
  for (std::size_t v = 0; v < views_.size(); ++v) {
    const BipartiteGraph& graph = views_[v].graph;
    State& state = states_[v];
    for (std::size_t k = 0; k < graph.layer_count(); ++k) {
      const double scale = state.layer_ever[k] > 0 ? std::min(1.0, prior / state.layer_ever[k]) : 0.0;
      state.layer_all[k] = scale * state.layer_ever[k];
      for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r)
        state.rights[r].all = scale * state.rights[r].ever;
    }
    for (std::size_t at = 0; at < lefts.size(); ++at) {
      const auto rights = graph.rights_of(lefts[at]);
      for (std::size_t i = 0; i < rights.size(); ++i) {
        const double n = weights[at] * amount(v, graph.left_begin(lefts[at]) + i);
        Right& right = state.rights[rights[i]];
        right.all += n;
        state.layer_all[right.layer] += n;
      }
    }
  }
}

void Likeness::set_group(std::span<const Vertex> members) {
  for (const Vertex l : group_) in_group_[l] = 0;
  group_.assign(members.begin(), members.end());
  aside_.clear();
  for (const Vertex l : group_) in_group_[l] = 1;
  for (std::size_t v = 0; v < views_.size(); ++v) {
    State& state = states_[v];
    const BipartiteGraph& graph = views_[v].graph;
    for (const Vertex r : state.touched) state.rights[r].group = 0;
    state.touched.clear();
    state.whole.clear();
    state.layer_whole.clear();
    std::fill(state.layer_group.begin(), state.layer_group.end(), 0.0);
    for (const Vertex l : members) {
      const auto rights = graph.rights_of(l);
      for (std::size_t i = 0; i < rights.size(); ++i) {
        const double n = amount(v, graph.left_begin(l) + i);
        Right& right = state.rights[rights[i]];
        if (right.group == 0) state.touched.push_back(rights[i]);
        right.group += n;
        state.layer_group[right.layer] += n;
      }
    }
    std::sort(state.touched.begin(), state.touched.end());
  }
}

void Likeness::set_aside(std::span<const Vertex> members) {
  for (const Vertex l : aside_) in_group_[l] = 1;
  aside_.assign(members.begin(), members.end());
  for (const Vertex l : aside_) in_group_[l] = 0;
  for (std::size_t v = 0; v < views_.size(); ++v) {
    State& state = states_[v];
    const BipartiteGraph& graph = views_[v].graph;
    if (!state.layer_whole.empty()) state.layer_group = state.layer_whole;
    for (std::size_t i = state.whole.size(); i > 0; --i)
      state.rights[state.whole[i - 1].first].group = state.whole[i - 1].second;
    state.whole.clear();
    state.layer_whole = state.layer_group;
    for (const Vertex l : members) {
      const auto rights = graph.rights_of(l);
      for (std::size_t i = 0; i < rights.size(); ++i) {
        const double n = amount(v, graph.left_begin(l) + i);
        Right& right = state.rights[rights[i]];
        state.whole.emplace_back(rights[i], right.group);
        right.group = right.group - n > kRounding ? right.group - n : 0;
        state.layer_group[right.layer] -= n;
      }
    }
  }
}

std::pair<std::span<const Vertex>, ArcIndex> Likeness::rights_in(const Layers& layers, Vertex l) const {
  const BipartiteGraph& graph = views_[layers.view].graph;
  const auto all = graph.rights_of(l);
  if (layers.first == 0 && layers.last == graph.layer_count()) return {all, graph.left_begin(l)};
  const auto begin = std::lower_bound(all.begin(), all.end(), graph.layer_begin(layers.first));
  const auto end = std::lower_bound(begin, all.end(), graph.layer_end(layers.last - 1));
  return {{begin, end}, graph.left_begin(l) + static_cast<ArcIndex>(begin - all.begin())};
}

double Likeness::share_of(const State& state, const Right& right, Against against, double own) const {
  const double all = state.layer_all[right.layer], group = state.layer_group[right.layer];
  const bool mostly = 2 * group > all;
  if (against == Against::everybody || population_given_ || mostly) return right.all / all;
  return (std::max(0.0, right.all - right.group - own) + 1) / std::max(1.0, all - group);
}

void Likeness::add_layer_bits(const Layers& layers, Vertex l, std::span<const Vertex> left_out, Against against,
                              std::vector<ShareBits>& by_layer) const {
  const std::size_t view = layers.view;
  const BipartiteGraph& graph = views_[view].graph;
  const State& state = states_[view];
  const auto [rights, begin] = rights_in(layers, l);
  std::vector<double> group(rights.size());
  for (std::size_t i = 0; i < rights.size(); ++i) group[i] = state.rights[rights[i]].group;
  std::vector<double> whole = state.layer_group;
  for (const Vertex other : left_out) {
    const auto [theirs, their_begin] = rights_in(layers, other);
    std::size_t i = 0, layer = layers.first;
    for (std::size_t j = 0; j < theirs.size(); ++j) {
      const double n = amount(view, their_begin + j);
      while (theirs[j] >= graph.layer_end(layer)) ++layer;
      whole[layer] -= n;
      while (i < rights.size() && rights[i] < theirs[j]) ++i;
      if (i < rights.size() && rights[i] == theirs[j]) group[i] -= n;
    }
  }
  for (std::size_t i = 0; i < rights.size(); ++i) {
    const Right& right = state.rights[rights[i]];
    const std::size_t k = right.layer;
    const double n = amount(view, begin + i);
    if (against == Against::everybody && is_one_off(views_[view].layers[k], right, n)) continue;
    const double part = group[i] > kRounding ? group[i] : 0.0;
    const double own = in_group_[l] != 0 ? 0.0 : n;
    const double ratio = whole[k] > kRounding ? part / whole[k] / share_of(state, right, against, own) : 1.0;
    add_bits(views_[view].layers[k], n, ratio, by_layer[k]);
  }
}

bool Likeness::is_one_off(const LikenessLayer& layer, const Right& right, double n) {
  return layer.diluted && right.all - n <= kRounding;
}

void Likeness::add_bits(const LikenessLayer& layer, double n, double ratio, ShareBits& bits) {
  const std::size_t shares = layer.diluted ? kShares : 1;
  if (ratio == 0) {
    for (std::size_t s = 0; s < shares; ++s) bits[s] += n * kNothing[s];
    return;
  }
  for (std::size_t s = 0; s < shares; ++s) bits[s] += n * std::log2(1 - kShare[s] + kShare[s] * ratio);
}

float Likeness::bits_of(const LikenessLayer& layer, const ShareBits& bits) {
  double all = bits[0];
  if (layer.diluted) {
    const double most = *std::max_element(bits.begin(), bits.end());
    double odds = 0;
    for (std::size_t s = 0; s < kShares; ++s) odds += kPrior[s] * std::exp2(bits[s] - most);
    all = most + std::log2(odds);
  }
  return std::min(layer.most_bits, static_cast<float>(all));
}

std::vector<float> Likeness::bits(Vertex l, std::span<const Vertex> left_out) const {
  std::vector<float> families(families_, 0);
  std::vector<char> seen(families_, 0);
  for (std::size_t v = 0; v < views_.size(); ++v) {
    std::vector<ShareBits> by_layer(views_[v].graph.layer_count(), ShareBits{});
    add_layer_bits({v, 0, by_layer.size()}, l, left_out, Against::rest, by_layer);
    for (std::size_t k = 0; k < by_layer.size(); ++k) {
      const LikenessLayer& layer = views_[v].layers[k];
      if (layer.weight <= 0) continue;
      const float bits = layer.weight * bits_of(layer, by_layer[k]);
      float& best = families[layer.family];
      best = seen[layer.family] != 0 ? std::max(best, bits) : bits;
      seen[layer.family] = 1;
    }
  }
  return families;
}

float Likeness::family_bits(std::size_t family, Vertex l, std::span<const Vertex> left_out) const {
  float best = 0;
  bool seen = false;
  for (std::size_t v = 0; v < views_.size(); ++v) {
    std::vector<ShareBits> by_layer;
    for (std::size_t k = 0; k < views_[v].layers.size(); ++k) {
      const LikenessLayer& layer = views_[v].layers[k];
      if (layer.family != family || layer.weight <= 0) continue;
      by_layer.assign(views_[v].layers.size(), ShareBits{});
      add_layer_bits({v, k, k + 1}, l, left_out, Against::everybody, by_layer);
      const float bits = layer.weight * bits_of(layer, by_layer[k]);
      best = seen ? std::max(best, bits) : bits;
      seen = true;
    }
  }
  return best;
}

std::vector<Likeness::LeftOut> Likeness::most_left_out(std::size_t family, std::span<const Vertex> members,
                                                       std::size_t count) const {
  std::vector<LeftOut> most;
  for (std::size_t v = 0; v < views_.size(); ++v) {
    for (std::size_t k = 0; k < views_[v].layers.size(); ++k) {
      if (views_[v].layers[k].family != family || views_[v].layers[k].weight <= 0) continue;
      std::vector<double> amounts;
      for (const Vertex l : members) {
        const auto [rights, begin] = rights_in({v, k, k + 1}, l);
        double sum = 0;
        for (std::size_t i = 0; i < rights.size(); ++i) sum += amount(v, begin + i);
        amounts.push_back(sum);
      }
      count = std::min(count, amounts.size());
      const auto end = amounts.begin() + static_cast<std::ptrdiff_t>(count);
      std::partial_sort(amounts.begin(), end, amounts.end(), std::greater<>());
      most.push_back({v, k, std::accumulate(amounts.begin(), end, 0.0)});
    }
  }
  return most;
}

float Likeness::bits_at_most(std::span<const LeftOut> most, Vertex l) const {
  float best = 0;
  for (const LeftOut& left_out : most) {
    const State& state = states_[left_out.view];
    const LikenessLayer& layer = views_[left_out.view].layers[left_out.layer];
    const double whole = state.layer_group[left_out.layer] - left_out.amount;
    const auto [rights, begin] = rights_in({left_out.view, left_out.layer, left_out.layer + 1}, l);
    // All that is left out may lie beside what l has; where nothing may be left, there is no bound but the layer's.
    if (whole <= 0 && !rights.empty()) {
      best = std::max(best, layer.weight * layer.most_bits);
      continue;
    }
    ShareBits bits{};
    for (std::size_t i = 0; i < rights.size(); ++i) {
      const Right& right = state.rights[rights[i]];
      const double n = amount(left_out.view, begin + i);
      if (is_one_off(layer, right, n)) continue;
      const double ratio = right.group / whole / share_of(state, right, Against::everybody, 0);
      add_bits(layer, n, ratio, bits);
    }
    best = std::max(best, layer.weight * bits_of(layer, bits));
  }
  return best;
}

double Likeness::lift(std::size_t view, Vertex r) const {
  const State& state = states_[view];
  const Right& right = state.rights[r];
  if (right.group <= 0) return 0;
  return right.group / state.layer_group[right.layer] / share_of(state, right, Against::rest, 0);
}

std::vector<Vertex> Likeness::touched(std::size_t view) const { return states_[view].touched; }

}  // namespace ringscope
