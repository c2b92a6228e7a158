#include "algorithms/coaction.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "algorithms/fdr.h"
#include "base/error.h"
#include "base/parallel.h"

namespace ringscope {
namespace {

constexpr Vertex kMostNear = 65000;
constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kRows = 512;  // a chunk

struct Arrival {
  std::int64_t at;
  Vertex left;
  friend bool operator<(const Arrival& a, const Arrival& b) { return a.at < b.at || (a.at == b.at && a.left < b.left); }
};

void check(std::span<const std::int64_t> windows, Vertex most_near) {
  const bool ascending = std::ranges::is_sorted(windows, std::ranges::less_equal{});
  if (windows.empty() || windows.size() > kMostWindows || !ascending || windows.front() < 0 || most_near > kMostNear)
    throw Error(ErrorCode::usage, "co-action needs one to eight windows of ascending length, and most_near <= 65000");
}

// Arrivals at each thing in the order of time, and how many others are near each.
class Timeline {
 public:
  Timeline(const BipartiteGraph& graph, std::span<const std::int64_t> arrivals, std::span<const std::int64_t> windows,
           std::optional<std::size_t> layer, Vertex most_near, unsigned threads)
      : graph_(graph),
        arrivals_(arrivals),
        windows_(windows.begin(), windows.end()),
        most_near_(most_near),
        first_(layer ? graph.layer_begin(*layer) : 0),
        last_(layer ? graph.layer_end(*layer) : graph.right_count()),
        begins_(std::size_t{last_ - first_} + 1, 0),
        places_(graph.edge_count(), kNowhere) {
    for (Vertex r = first_; r < last_; ++r) begins_[r - first_ + 1] = begins_[r - first_] + timed(r);
    order_.resize(begins_.back());
    near_.resize(order_.size() * windows_.size());
    parallel_for(last_ - first_, threads, [&](std::size_t i) { place(first_ + static_cast<Vertex>(i)); });
  }

  std::size_t windows() const { return windows_.size(); }
  std::int64_t window(std::size_t i) const { return windows_[i]; }
  bool has(ArcIndex edge) const { return places_[edge] != kNowhere; }
  // Others at the thing of this edge.
  double others(Vertex r) const { return static_cast<double>(begins_[r - first_ + 1] - begins_[r - first_] - 1); }
  // Others within window i of this arrival; nothing for a crowd.
  std::optional<double> near(Vertex r, ArcIndex edge, std::size_t i) const {
    const std::uint16_t count = near_[index(r, edge) * windows_.size() + i];
    if (count > most_near_) return std::nullopt;
    return count;
  }
  // visit(other) for each other so near that the least window which holds both is a crowd for neither.
  template <class Visit>
  void visit_near(Vertex r, ArcIndex edge, const Visit& visit) const {
    const std::size_t at = index(r, edge);
    std::size_t wide = windows_.size();
    while (wide > 0 && is_crowd(at, wide - 1)) --wide;
    if (wide == 0) return;
    const auto meet = [&](std::size_t k, std::int64_t apart) {
      if (apart > windows_[wide - 1]) return false;
      std::size_t i = 0;
      while (apart > windows_[i]) ++i;
      if (!is_crowd(k, i)) visit(order_[k].left);
      return true;
    };
    for (std::size_t k = at; k-- > begins_[r - first_] && meet(k, order_[at].at - order_[k].at);) {
    }
    for (std::size_t k = at + 1; k < begins_[r - first_ + 1] && meet(k, order_[k].at - order_[at].at); ++k) {
    }
  }

 private:
  std::size_t index(Vertex r, ArcIndex edge) const { return begins_[r - first_] + places_[edge]; }
  bool is_crowd(std::size_t at, std::size_t i) const { return near_[at * windows_.size() + i] > most_near_; }

  // Arrivals at r, 0 where nobody can be met.
  std::size_t timed(Vertex r) const {
    std::size_t count = 0;
    for (const ArcIndex edge : graph_.edges_of(r)) count += arrivals_[edge] != kNoArrival ? 1 : 0;
    return count < 2 ? 0 : count;
  }

  void place(Vertex r) {
    const std::size_t begin = begins_[r - first_], end = begins_[r - first_ + 1];
    if (begin == end) return;
    std::vector<std::pair<Arrival, ArcIndex>> sorted;
    const auto lefts = graph_.lefts_of(r);
    const auto edges = graph_.edges_of(r);
    for (std::size_t i = 0; i < lefts.size(); ++i) {
      if (arrivals_[edges[i]] != kNoArrival) sorted.push_back({{arrivals_[edges[i]], lefts[i]}, edges[i]});
    }
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      order_[begin + i] = sorted[i].first;
      places_[sorted[i].second] = static_cast<std::uint32_t>(i);
    }
    for (std::size_t w = 0; w < windows_.size(); ++w) count_near(begin, end, w);
  }

  // Two pointers: O(arrivals) whatever the window.
  void count_near(std::size_t begin, std::size_t end, std::size_t w) {
    for (std::size_t i = begin, low = begin, high = begin; i < end; ++i) {
      while (order_[i].at - order_[low].at > windows_[w]) ++low;
      while (high < end && order_[high].at - order_[i].at <= windows_[w]) ++high;
      const std::size_t count = high - low - 1;
      near_[i * windows_.size() + w] = static_cast<std::uint16_t>(std::min<std::size_t>(count, kMostNear + 1));
    }
  }

  const BipartiteGraph& graph_;
  std::span<const std::int64_t> arrivals_;
  std::vector<std::int64_t> windows_;
  Vertex most_near_;
  Vertex first_, last_;                // things looked at
  std::vector<std::size_t> begins_;    // by thing, from first_
  std::vector<std::uint32_t> places_;  // by edge: place among the arrivals of its thing
  std::vector<Arrival> order_;
  std::vector<std::uint16_t> near_;  // [arrival][window]
};

// Others that one left vertex meets, and on how many things in whatever window.
class Meetings {
 public:
  explicit Meetings(Vertex lefts) : met_(lefts, 0) {}

  // visit(other, things) for each other > l.
  template <class Visit>
  void visit(const BipartiteGraph& graph, const Timeline& timeline, Vertex l, const Visit& visit) {
    const auto rights = graph.rights_of(l);
    for (std::size_t j = 0; j < rights.size(); ++j) {
      const ArcIndex edge = graph.left_begin(l) + j;
      if (!timeline.has(edge)) continue;
      timeline.visit_near(rights[j], edge, [&](Vertex other) {
        if (other > l && met_[other]++ == 0) touched_.push_back(other);
      });
    }
    for (const Vertex other : touched_) {
      visit(other, met_[other]);
      met_[other] = 0;
    }
    touched_.clear();
  }

 private:
  std::vector<std::uint32_t> met_;
  std::vector<Vertex> touched_;
};

// A thing that both have, in all windows.
struct Shared {
  std::int64_t u_at, v_at;
  std::array<double, kMostWindows> chance;  // above 1: a crowd, no trial
};

class PairTest {
 public:
  PairTest(const BipartiteGraph& graph, std::span<const std::int64_t> arrivals, const Timeline& timeline)
      : graph_(graph), arrivals_(arrivals), timeline_(timeline) {}

  Coaction operator()(Vertex u, Vertex v) {
    gather(u, v);
    Coaction best{.u = u, .v = v};
    for (std::size_t w = 0; w < timeline_.windows(); ++w) {
      const auto [times, things] = trials(w);
      if (times < 2) continue;
      const double p = std::min(1.0, poisson_binomial_tail(chances_, times) * static_cast<double>(timeline_.windows()));
      const auto surprise = static_cast<float>(-std::log2(std::max(p, 1e-300)));
      if (surprise <= best.surprise) continue;
      best.window = timeline_.window(w);
      best.times = times;
      best.things = things;
      best.surprise = surprise;
    }
    return best;
  }

 private:
  void gather(Vertex u, Vertex v) {
    shared_.clear();
    const auto a = graph_.rights_of(u), b = graph_.rights_of(v);
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      if (a[i] == b[j]) {
        const ArcIndex of_u = graph_.left_begin(u) + i, of_v = graph_.left_begin(v) + j;
        if (timeline_.has(of_u) && timeline_.has(of_v)) add(a[i], of_u, of_v);
      }
      const bool step_a = a[i] <= b[j], step_b = b[j] <= a[i];
      i += step_a ? 1 : 0;
      j += step_b ? 1 : 0;
    }
    std::ranges::sort(shared_, {}, [](const Shared& one) { return std::pair(one.u_at, one.v_at); });
  }

  void add(Vertex r, ArcIndex of_u, ArcIndex of_v) {
    Shared one{arrivals_[of_u], arrivals_[of_v], {}};
    for (std::size_t w = 0; w < timeline_.windows(); ++w) {
      const auto near_u = timeline_.near(r, of_u, w), near_v = timeline_.near(r, of_v, w);
      one.chance[w] = near_u && near_v ? std::max(*near_u, *near_v) / timeline_.others(r) : 2.0;
    }
    shared_.push_back(one);
  }

  struct Count {
    std::uint32_t times = 0, things = 0;
  };
  // Fills in chances_ and counts what was met.
  Count trials(std::size_t w) {
    Count count;
    chances_.clear();
    bool met = false;
    const Shared* last = nullptr;
    for (const Shared& one : shared_) {
      if (one.chance[w] > 1) continue;
      const bool same = last != nullptr && (last->u_at == one.u_at || last->v_at == one.v_at);
      if (!same) {
        chances_.push_back(0);
        met = false;
      }
      chances_.back() = std::min(1.0, chances_.back() + one.chance[w]);
      if (std::abs(one.u_at - one.v_at) <= timeline_.window(w)) {
        ++count.things;
        count.times += met ? 0 : 1;
        met = true;
      }
      last = &one;
    }
    return count;
  }

  const BipartiteGraph& graph_;
  std::span<const std::int64_t> arrivals_;
  const Timeline& timeline_;
  std::vector<Shared> shared_;
  std::vector<double> chances_;
};

std::uint64_t pairs_that_could_meet(const BipartiteGraph& graph, const Timeline& timeline) {
  std::uint64_t able = 0;
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    std::uint64_t timed = 0;
    for (ArcIndex edge = graph.left_begin(l); edge < graph.left_begin(l) + graph.left_degree(l); ++edge)
      timed += timeline.has(edge) ? 1 : 0;
    able += timed >= 2 ? 1 : 0;
  }
  return able * (std::max<std::uint64_t>(able, 1) - 1) / 2;
}

// keep(u, v, met) -> std::optional<Coaction> for every pair that met, in the order (u, v).
template <class MakeKeep>
std::vector<Coaction> collect(const BipartiteGraph& graph, const Timeline& timeline, unsigned threads,
                              const MakeKeep& make_keep) {
  const unsigned workers = threads == 0 ? hardware_threads() : threads;
  std::vector<std::optional<Meetings>> meetings(workers);
  auto chunks = parallel_map_chunks<std::vector<Coaction>>(
      graph.left_count(), kRows, workers, [&](const Chunk& rows, unsigned worker) {
        if (!meetings[worker]) meetings[worker].emplace(graph.left_count());
        auto keep = make_keep();
        std::vector<Coaction> kept;
        for (std::size_t l = rows.begin; l < rows.end; ++l) {
          const auto u = static_cast<Vertex>(l);
          const auto begin = static_cast<std::ptrdiff_t>(kept.size());
          meetings[worker]->visit(graph, timeline, u, [&](Vertex v, std::uint32_t met) {
            if (const std::optional<Coaction> one = keep(u, v, met)) kept.push_back(*one);
          });
          std::sort(kept.begin() + begin, kept.end(), [](const Coaction& a, const Coaction& b) { return a.v < b.v; });
        }
        return kept;
      });
  std::vector<Coaction> all;
  for (const auto& chunk : chunks) all.insert(all.end(), chunk.begin(), chunk.end());
  return all;
}

}  // namespace

double poisson_binomial_tail(std::span<const double> chances, std::size_t k) {
  if (k == 0) return 1;
  if (k > chances.size()) return 0;
  std::vector<double> exactly(k, 0);  // j happened, j < k
  exactly[0] = 1;
  double tail = 0;
  for (const double p : chances) {
    tail += exactly[k - 1] * p;
    for (std::size_t j = k - 1; j > 0; --j) exactly[j] = exactly[j] * (1 - p) + exactly[j - 1] * p;
    exactly[0] *= 1 - p;
  }
  return std::min(1.0, tail);
}

std::vector<Coaction> find_coactions(const BipartiteGraph& graph, std::span<const std::int64_t> arrivals,
                                     const CoactionOptions& options) {
  check(options.windows, options.most_near);
  const Timeline timeline(graph, arrivals, options.windows, std::nullopt, options.most_near, options.threads);
  const auto least = static_cast<float>(-std::log2(options.alpha));
  const auto test = [&] {
    return [&, pair_test = PairTest(graph, arrivals, timeline)](Vertex u, Vertex v,
                                                                std::uint32_t met) mutable -> std::optional<Coaction> {
      if (met < 2) return std::nullopt;
      const Coaction coaction = pair_test(u, v);
      if (coaction.surprise < least) return std::nullopt;
      return coaction;
    };
  };
  std::vector<Coaction> kept = collect(graph, timeline, options.threads, test);
  std::vector<CountedPValue> p_values;
  for (const Coaction& one : kept) p_values.push_back({std::exp2(-static_cast<double>(one.surprise)), 1});
  const auto most = fdr_threshold(p_values, pairs_that_could_meet(graph, timeline), {.alpha = options.alpha});
  std::erase_if(kept,
                [&](const Coaction& one) { return !most || std::exp2(-static_cast<double>(one.surprise)) > *most; });
  return kept;
}

std::vector<Coaction> apply_rule(const BipartiteGraph& graph, std::span<const std::int64_t> arrivals,
                                 const CoactionRule& rule) {
  const std::array windows{rule.window};
  check(windows, rule.most_near);
  const Timeline timeline(graph, arrivals, windows, rule.layer, rule.most_near, rule.threads);
  const Vertex first = rule.layer ? graph.layer_begin(*rule.layer) : 0;
  const Vertex last = rule.layer ? graph.layer_end(*rule.layer) : graph.right_count();
  std::vector<char> active(graph.left_count(), 0);
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    std::uint32_t timed = 0;
    const auto rights = graph.rights_of(l);
    for (std::size_t j = 0; j < rights.size(); ++j) {
      const bool counts = rights[j] >= first && rights[j] < last && arrivals[graph.left_begin(l) + j] != kNoArrival;
      timed += counts ? 1 : 0;
    }
    active[l] = timed >= rule.least_arrivals ? 1 : 0;
  }
  return collect(graph, timeline, rule.threads, [&] {
    return [&](Vertex u, Vertex v, std::uint32_t met) -> std::optional<Coaction> {
      if (met < rule.least_things || active[u] == 0 || active[v] == 0) return std::nullopt;
      return Coaction{.u = u, .v = v, .window = rule.window, .times = met, .things = met};
    };
  });
}

}  // namespace ringscope
