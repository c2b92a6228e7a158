#include "engine/detect/incremental/patch_links.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace ringscope {
namespace {

bool before_by_ends(const WeightedEdge& a, const WeightedEdge& b) { return std::pair(a.u, a.v) < std::pair(b.u, b.v); }

class LinkPatch {
 public:
  LinkPatch(Image& image, const Patched& patched, const NullOn& before, const NullOn& after)
      : image_(image), patched_(patched), before_(before), after_(after), is_row_(after.graph.left_count(), 0) {
    result_.dirty.assign(after.graph.left_count(), 0);
    result_.reweighed.assign(after.graph.right_count(), 0);
  }

  PatchedLinks run(unsigned threads) {
    mark_rows();
    for (Vertex l = 0; l < is_row_.size(); ++l) {
      if (is_row_[l] != 0) result_.retested.push_back(l);
    }
    PairLinks tested = keep_pairs_of(after_.graph, after_.weights, after_.cuts, result_.retested, threads);
    result_.links.core = merge(std::move(image_.links.core), tested.core);
    result_.links.attach = merge(std::move(image_.links.attach), tested.attach);
    result_.links.near_misses = merge_near_misses(tested.near_misses);
    return std::move(result_);
  }

 private:
  void mark_rows() {
    for (const Vertex l : patched_.rewired) is_row_[l] = 1;
    std::vector<char>& reweighed = result_.reweighed;
    std::fill(reweighed.begin(), reweighed.end(), 1);  // a new one
    for (Vertex r = 0; r < patched_.entity_now.size(); ++r) {
      if (patched_.entity_now[r] != kGone) reweighed[patched_.entity_now[r]] = same(r) ? 0 : 1;
    }
    for (Vertex r = 0; r < reweighed.size(); ++r) {
      if (reweighed[r] == 0 || after_.graph.right_degree(r) > after_.weights.hub_accounts + ArcIndex{1}) continue;
      for (const Vertex l : after_.graph.lefts_of(r)) is_row_[l] = 1;
    }
    // Whose best rejected pair may be another now.
    const std::vector<char> first = is_row_;
    for (Vertex l = 0; l < image_.links.near_misses.size(); ++l) {
      const Vertex now = patched_.account_now[l];
      const Vertex other = image_.links.near_misses[l].other;
      if (now == kGone || other == NearMiss::kNobody) continue;
      const Vertex other_now = patched_.account_now[other];
      if (other_now == kGone || first[other_now] != 0) is_row_[now] = 1;
    }
  }

  // With what follows from it.
  static float full_worth(const Weights& weights, Vertex r) {
    return weights.with_consequences.empty() ? weights.rarity[r] : weights.with_consequences[r];
  }
  bool same(Vertex old) const {
    const Vertex r = patched_.entity_now[old];
    return before_.weights.rarity[old] == after_.weights.rarity[r] &&
           full_worth(before_.weights, old) == full_worth(after_.weights, r) &&
           before_.cuts.vouching.observed[old] == after_.cuts.vouching.observed[r] &&
           before_.cuts.vouching.fitted[old] == after_.cuts.vouching.fitted[r];
  }

  // Old pairs that were not tested again, and the tested ones. Marks the ends of those that differ.
  std::vector<WeightedEdge> merge(std::vector<WeightedEdge> old, const std::vector<WeightedEdge>& tested) {
    std::vector<WeightedEdge> dropped;
    std::size_t kept = 0;  // of them, at the beginning
    for (const WeightedEdge edge : old) {
      const Vertex u = patched_.account_now[edge.u], v = patched_.account_now[edge.v];
      if (u == kGone || v == kGone) {
        if (u != kGone) result_.dirty[u] = 1;
        if (v != kGone) result_.dirty[v] = 1;
      } else if (is_row_[u] != 0 || is_row_[v] != 0) {
        dropped.push_back({u, v, edge.weight});
      } else {
        old[kept++] = {u, v, edge.weight};
      }
    }
    mark_differences(dropped, tested, result_.dirty);
    // From the back, so that no second array of all links is needed.
    old.resize(kept + tested.size());
    for (std::size_t from = tested.size(), to = old.size(); from > 0;) {
      const bool later = kept > 0 && before_by_ends(tested[from - 1], old[kept - 1]);
      old[--to] = later ? old[--kept] : tested[--from];
    }
    return old;
  }

  std::vector<NearMiss> merge_near_misses(const std::vector<NearMiss>& tested) const {
    const auto better = [](const NearMiss& a, const NearMiss& b) {
      if (a.other == NearMiss::kNobody || b.other == NearMiss::kNobody) return b.other == NearMiss::kNobody;
      return a.surprise != b.surprise ? a.surprise > b.surprise : a.other <= b.other;
    };
    std::vector<NearMiss> all = tested;
    for (Vertex l = 0; l < image_.links.near_misses.size(); ++l) {
      const Vertex now = patched_.account_now[l];
      NearMiss old = image_.links.near_misses[l];
      if (now == kGone || is_row_[now] != 0 || old.other == NearMiss::kNobody) continue;
      old.other = patched_.account_now[old.other];  // it is there, or this would be a row
      if (better(old, all[now])) all[now] = old;
    }
    return all;
  }

  Image& image_;
  const Patched& patched_;
  const NullOn& before_;
  const NullOn& after_;
  std::vector<char> is_row_;
  PatchedLinks result_;
};

}  // namespace

void mark_differences(std::span<const WeightedEdge> a, std::span<const WeightedEdge> b, std::vector<char>& dirty) {
  std::vector<WeightedEdge> differ;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(differ),
                                        [](const WeightedEdge& x, const WeightedEdge& y) {
                                          return std::tuple(x.u, x.v, x.weight) < std::tuple(y.u, y.v, y.weight);
                                        });
  for (const WeightedEdge& edge : differ) dirty[edge.u] = dirty[edge.v] = 1;
}

PatchedLinks patch_links(Image& image, const Patched& patched, const NullOn& before, const NullOn& after,
                         unsigned threads) {
  return LinkPatch(image, patched, before, after).run(threads);
}

}  // namespace ringscope
