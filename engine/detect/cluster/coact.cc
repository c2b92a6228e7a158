#include "engine/detect/cluster/coact.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace ringscope {
namespace {

constexpr float kSurpriseWithoutPairs = 20;  // bits, where no pair was significant by itself

template <class Pair>
std::pair<Vertex, Vertex> ends(const Pair& pair) {
  return {pair.u, pair.v};
}
constexpr auto kByEnds = [](const auto& a, const auto& b) { return ends(a) < ends(b); };

std::optional<std::size_t> layer_of(const Snapshot& snapshot, const std::string& kind) {
  if (kind.empty()) return std::nullopt;
  for (std::size_t k = 0; k < snapshot.layers.size(); ++k) {
    if (snapshot.layers[k].name == kind) return k;
  }
  throw Error(ErrorCode::usage, fmt::format("the store has no entities of kind '{}'", kind), "detect.coaction_kind");
}

std::vector<Coaction> ruled(const Snapshot& snapshot, std::span<const Seconds> arrivals, const CoactOptions& options) {
  if (options.rule.window <= 0) return {};
  return apply_rule(snapshot.graph(), arrivals,
                    {.layer = layer_of(snapshot, options.rule.kind),
                     .window = options.rule.window,
                     .least_things = options.rule.least_things,
                     .least_arrivals = options.rule.least_actions,
                     .threads = options.threads});
}

// What is seen of the pairs of one ring.
struct Together {
  std::size_t pairs = 0;
  Coaction best;
};

}  // namespace

std::vector<Coaction> coact(const Snapshot& snapshot, const CoactOptions& options) {
  static_assert(kNoTime == kNoArrival);
  std::vector<Seconds> arrivals;
  arrivals.reserve(snapshot.sightings.size());
  for (const Sighting& sighting : snapshot.sightings) arrivals.push_back(sighting.first);
  std::vector<Coaction> tested;
  if (!options.windows.empty()) {
    tested = find_coactions(snapshot.graph(), arrivals,
                            {.windows = options.windows, .alpha = options.alpha, .threads = options.threads});
  }
  const std::vector<Coaction> by_rule = ruled(snapshot, arrivals, options);
  std::vector<Coaction> all;
  std::set_union(tested.begin(), tested.end(), by_rule.begin(), by_rule.end(), std::back_inserter(all), kByEnds);
  return all;
}

Similarity with_coactions(Similarity similarity, std::span<const Coaction> coactions, Vertex accounts) {
  if (coactions.empty()) return similarity;
  similarity.held.assign(accounts, 0);
  for (const Coaction& one : coactions) similarity.held[one.u] = similarity.held[one.v] = 1;
  const float of_rule = std::isfinite(similarity.least_surprise)
                            ? std::max(1.0F, static_cast<float>(similarity.least_surprise))
                            : kSurpriseWithoutPairs;
  std::vector<WeightedEdge> core;
  core.reserve(similarity.core.size() + coactions.size());
  auto edge = similarity.core.begin();
  for (const Coaction& one : coactions) {
    for (; edge != similarity.core.end() && ends(*edge) < ends(one); ++edge) core.push_back(*edge);
    const bool there = edge != similarity.core.end() && ends(*edge) == ends(one);
    const float own = one.surprise > 0 ? one.surprise : there ? 0 : of_rule;
    core.push_back({one.u, one.v, own + (there ? edge->weight : 0)});
    if (there) ++edge;
  }
  core.insert(core.end(), edge, similarity.core.end());
  std::erase_if(similarity.attach,
                [&](const WeightedEdge& weak) { return std::binary_search(core.begin(), core.end(), weak, kByEnds); });
  similarity.core = std::move(core);
  return similarity;
}

void explain_coactions(const Snapshot& snapshot, std::span<const Coaction> coactions, std::vector<Ring>& rings) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  if (coactions.empty()) return;
  std::vector<std::size_t> ring_of(snapshot.accounts.size(), kNone);
  for (std::size_t r = 0; r < rings.size(); ++r) {
    for (const Member& member : rings[r].members) {
      const auto at = std::lower_bound(snapshot.accounts.begin(), snapshot.accounts.end(), member.account);
      if (at != snapshot.accounts.end() && *at == member.account)
        ring_of[static_cast<std::size_t>(at - snapshot.accounts.begin())] = r;
    }
  }
  std::vector<Together> of_ring(rings.size());
  for (const Coaction& one : coactions) {
    if (ring_of[one.u] == kNone || ring_of[one.u] != ring_of[one.v]) continue;
    Together& together = of_ring[ring_of[one.u]];
    ++together.pairs;
    if (std::pair(one.things, one.surprise) > std::pair(together.best.things, together.best.surprise))
      together.best = one;
  }
  for (std::size_t r = 0; r < rings.size(); ++r) {
    const Together& together = of_ring[r];
    if (together.pairs == 0) continue;
    rings[r].reasons.push_back(
        fmt::format("{} {} of members come to the same things at the same time, one within {} {} {}", together.pairs,
                    together.pairs == 1 ? "pair" : "pairs", window_text(together.best.window), together.best.things,
                    together.best.things == 1 ? "time" : "times"));
  }
}

std::string window_text(Seconds window) {
  if (window >= 7200 && window % 3600 == 0) return fmt::format("{} h", window / 3600);
  if (window >= 120 && window % 60 == 0) return fmt::format("{} min", window / 60);
  return fmt::format("{} s", window);
}

}  // namespace ringscope
