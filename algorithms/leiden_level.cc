#include "algorithms/leiden_level.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace ringscope {
namespace {

// A gain below this share of what is compared is rounding; counting it could make vertices move in circles.
constexpr double kRounding = 1e-11;

// Vertices are visited at random within windows of so many, whose rows a cache can hold.
constexpr std::size_t kWindow = 4096;

}  // namespace

void LeidenSteps::draw_order(Vertex vertex_count, Random& random) {
  order_.resize(vertex_count);
  std::iota(order_.begin(), order_.end(), Vertex{0});
  for (std::size_t begin = 0; begin < order_.size(); begin += kWindow) {
    const auto window = std::span(order_).subspan(begin, std::min(kWindow, order_.size() - begin));
    for (std::size_t i = window.size(); i > 1; --i) std::swap(window[i - 1], window[random.below(i)]);
  }
}

void LeidenSteps::add_weight(Vertex label, float weight) {
  Slot& slot = slots_[label];
  if (slot.weight == 0) touched_.push_back(label);
  slot.weight += static_cast<double>(weight);
}

void LeidenSteps::clear_weights() {
  for (const Vertex label : touched_) slots_[label].weight = 0;
  touched_.clear();
}

void LeidenSteps::start_moving(const LeidenLevel& level, std::span<const Vertex> community) {
  const Vertex n = level.vertex_count();
  slots_.assign(n, {});
  members_.assign(n, 0);
  for (Vertex v = 0; v < n; ++v) {
    slots_[community[v]].size += level.sizes[v];
    ++members_[community[v]];
  }
  empty_.clear();
  for (Vertex c = n; c-- > 0;) {
    if (members_[c] == 0) empty_.push_back(c);
  }
  flag_.assign(n, 1);
}

// The community where v, taken out of `own`, is worth most; `own` unless another is better.
Vertex LeidenSteps::best_community(const LeidenLevel& level, Vertex v, Vertex own) {
  const double pull = density_ * level.sizes[v];
  const double own_worth = slots_[own].weight - pull * (slots_[own].size - level.sizes[v]);
  Vertex best = own;
  double best_worth = -std::numeric_limits<double>::infinity();
  for (const Vertex c : touched_) {
    const double worth = slots_[c].weight - pull * slots_[c].size;
    if (c == own || worth < best_worth || (worth == best_worth && c > best)) continue;
    best = c;
    best_worth = worth;
  }
  if (best_worth < 0 && own_worth < 0 && members_[own] > 1) {  // alone, in a community of its own, it is worth 0
    best = empty_.back();
    best_worth = 0;
  }
  const double rounding = kRounding * (std::abs(own_worth) + slots_[own].weight + slots_[best].weight);
  return best_worth > own_worth + rounding ? best : own;
}

std::size_t LeidenSteps::move_vertices(const LeidenLevel& level, std::vector<Vertex>& community, Random& random) {
  const Vertex n = level.vertex_count();
  start_moving(level, community);
  draw_order(n, random);
  std::size_t moves = 0;
  Vertex head = 0;
  const auto next = [n](Vertex position) { return position + 1 == n ? 0 : position + 1; };
  Vertex tail = 0;
  for (Vertex waiting = n; waiting > 0; --waiting) {
    const Vertex v = order_[head];
    head = next(head);
    flag_[v] = 0;
    for (ArcIndex arc = level.offsets[v]; arc < level.offsets[v + 1]; ++arc) {
      add_weight(community[level.targets[arc]], level.weights[arc]);
    }
    const Vertex own = community[v];
    const Vertex best = best_community(level, v, own);
    clear_weights();
    if (best == own) continue;

    ++moves;
    community[v] = best;
    if (members_[best]++ == 0) empty_.pop_back();
    slots_[best].size += level.sizes[v];
    slots_[own].size = --members_[own] == 0 ? 0 : slots_[own].size - level.sizes[v];
    if (members_[own] == 0) empty_.push_back(own);
    for (ArcIndex arc = level.offsets[v]; arc < level.offsets[v + 1]; ++arc) {
      const Vertex u = level.targets[arc];
      if (flag_[u] != 0 || community[u] == best) continue;
      flag_[u] = 1;
      order_[tail] = u;
      tail = next(tail);
      ++waiting;
    }
  }
  return moves;
}

void LeidenSteps::start_refining(const LeidenLevel& level, std::span<const Vertex> community) {
  const Vertex n = level.vertex_count();
  slots_.assign(n, {});
  community_size_.assign(n, 0);
  inward_.assign(n, 0);
  for (Vertex v = 0; v < n; ++v) {
    slots_[v].size = level.sizes[v];
    community_size_[community[v]] += level.sizes[v];
    for (ArcIndex arc = level.offsets[v]; arc < level.offsets[v + 1]; ++arc) {
      if (community[level.targets[arc]] == community[v]) inward_[v] += static_cast<double>(level.weights[arc]);
    }
  }
  outward_ = inward_;
  set_of_.resize(n);
  std::iota(set_of_.begin(), set_of_.end(), Vertex{0});
  flag_.assign(n, 1);
}

// The touched set that gains most from a vertex of `size`, or slots_.size() when none gains.
Vertex LeidenSteps::best_set(double size, double community_size) const {
  auto best = static_cast<Vertex>(slots_.size());
  double best_worth = 0;
  for (const Vertex set : touched_) {
    const Slot& slot = slots_[set];
    const double worth = slot.weight - density_ * size * slot.size;
    if (worth <= 0 || worth < best_worth || (worth == best_worth && set > best)) continue;
    if (outward_[set] < density_ * slot.size * (community_size - slot.size)) continue;  // badly connected
    best = set;
    best_worth = worth;
  }
  return best;
}

void LeidenSteps::merge_if_single(const LeidenLevel& level, std::span<const Vertex> community, Vertex v) {
  const double size = level.sizes[v];
  const double community_size = community_size_[community[v]];
  if (flag_[v] == 0 || inward_[v] < density_ * size * (community_size - size)) return;
  for (ArcIndex arc = level.offsets[v]; arc < level.offsets[v + 1]; ++arc) {
    const Vertex u = level.targets[arc];
    if (community[u] == community[v]) add_weight(set_of_[u], level.weights[arc]);
  }
  const Vertex set = best_set(size, community_size);
  if (set < slots_.size()) {
    set_of_[v] = set;
    flag_[v] = flag_[set] = 0;
    outward_[set] += inward_[v] - 2 * slots_[set].weight;
    slots_[set].size += size;
  }
  clear_weights();
}

Partition LeidenSteps::refine(const LeidenLevel& level, std::span<const Vertex> community, Random& random) {
  start_refining(level, community);
  draw_order(level.vertex_count(), random);
  for (const Vertex v : order_) merge_if_single(level, community, v);
  return canonical_partition(set_of_);
}

LeidenLevel LeidenSteps::aggregate(const LeidenLevel& level, const Partition& sets) {
  const PartitionMembers members = members_of(sets);
  slots_.assign(sets.community_count, {});
  LeidenLevel result;
  result.sizes.assign(sets.community_count, 0);
  result.offsets.reserve(std::size_t{sets.community_count} + 1);
  result.offsets.push_back(0);
  for (Vertex set = 0; set < sets.community_count; ++set) {
    for (const Vertex v : members.of(set)) {
      result.sizes[set] += level.sizes[v];
      for (ArcIndex arc = level.offsets[v]; arc < level.offsets[v + 1]; ++arc) {
        const Vertex other = sets.community_of[level.targets[arc]];
        if (other != set) add_weight(other, level.weights[arc]);
      }
    }
    for (const Vertex other : touched_) {
      result.targets.push_back(other);
      result.weights.push_back(static_cast<float>(slots_[other].weight));
    }
    clear_weights();
    result.offsets.push_back(result.targets.size());
  }
  return result;
}

Partition connected_parts(const LeidenLevel& level, std::span<const Vertex> community) {
  const Vertex n = level.vertex_count();
  std::vector<Vertex> part(n, n);
  std::vector<Vertex> stack;
  for (Vertex root = 0; root < n; ++root) {
    if (part[root] != n) continue;
    part[root] = root;
    stack.push_back(root);
    while (!stack.empty()) {
      const Vertex v = stack.back();
      stack.pop_back();
      for (ArcIndex arc = level.offsets[v]; arc < level.offsets[v + 1]; ++arc) {
        const Vertex u = level.targets[arc];
        if (part[u] != n || community[u] != community[v]) continue;
        part[u] = root;
        stack.push_back(u);
      }
    }
  }
  return canonical_partition(part);
}

}  // namespace ringscope
