#include "engine/detect/incremental/links_now.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/detect/cluster/coact.h"
#include "engine/detect/project/enrich.h"

namespace ringscope {
namespace {

// Pairs by their numbers now; marks the ends that lost the other.
std::vector<WeightedEdge> edges_now(const std::vector<WeightedEdge>& edges, const std::vector<Vertex>& now,
                                    std::vector<char>& dirty) {
  std::vector<WeightedEdge> result;
  for (const WeightedEdge& edge : edges) {
    const Vertex u = now[edge.u], v = now[edge.v];
    if (u != kGone && v != kGone) {
      result.push_back({u, v, edge.weight});
    } else {
      if (u != kGone) dirty[u] = 1;
      if (v != kGone) dirty[v] = 1;
    }
  }
  return result;
}

// A pair that acted together still does where it still shares as many things.
std::vector<Coaction> coactions_now(const Image& image, const Patched& patched, std::vector<char>& dirty) {
  const BipartiteGraph graph = patched.snapshot.graph();
  std::vector<Coaction> result;
  for (Coaction one : image.coactions) {
    one.u = patched.account_now[one.u];
    one.v = patched.account_now[one.v];
    std::vector<Vertex> shared;
    if (one.u != kGone && one.v != kGone)
      std::ranges::set_intersection(graph.rights_of(one.u), graph.rights_of(one.v), std::back_inserter(shared));
    if (shared.size() >= std::max<std::size_t>(1, one.things)) {
      result.push_back(one);
    } else {
      if (one.u != kGone) dirty[one.u] = 1;
      if (one.v != kGone) dirty[one.v] = 1;
    }
  }
  return result;
}

// Things of which more or fewer accounts were cleared than at the base.
void mark_relowered(const Patched& patched, const ClearedOn& before, const ClearedOn& now,
                    std::vector<char>& reweighed) {
  const auto count = [](const ClearedOn& of, Vertex thing) {
    return of.clearing.empty() ? std::uint32_t{0} : of.clearing.things[thing];
  };
  for (Vertex old = 0; old < patched.entity_now.size(); ++old) {
    const Vertex r = patched.entity_now[old];
    if (r == kGone) continue;
    if (count(before, old) != count(now, r) || before.weights.rarity[old] != now.weights.rarity[r]) reweighed[r] = 1;
  }
}

}  // namespace

LinksNow links_now(Image& image, const Patched& patched, const NullOn& before, const NullOn& after,
                   const ClearedOn& cleared_before, const ClearedOn& cleared, const Config& config) {
  LinksNow result;
  PatchedLinks links = patch_links(image, patched, before, after, config.threads);
  result.dirty = std::move(links.dirty);
  result.retested = links.retested.size();
  result.reweighed = std::move(links.reweighed);
  Similarity similarity{.core = std::move(links.links.core),
                        .attach = std::move(links.links.attach),
                        .least_surprise = image.null.least_surprise,
                        .held = {},
                        .vouching = after.cuts.vouching.fitted,
                        .classes = image.null.classes,
                        .near_misses = std::move(links.links.near_misses)};
  std::vector<WeightedEdge> enriched;
  if (config.detect.tests.enrichment)
    enriched = enriched_pairs(after.graph, after.weights, similarity, config.detect.alpha);
  mark_differences(edges_now(image.enriched, patched.account_now, result.dirty), enriched, result.dirty);
  result.coactions = coactions_now(image, patched, result.dirty);
  mark_relowered(patched, cleared_before, cleared, result.reweighed);
  Heeded heeded = heed_clearing(
      {after.graph, cleared.weights, after.cuts, cleared.clearing, enriched, result.coactions, config.threads},
      std::move(similarity));
  result.relinked = result.dirty;
  for (const auto& [then, now] : {std::pair(&image.changes.core, &heeded.changes.core),
                                  std::pair(&image.changes.attach, &heeded.changes.attach)}) {
    mark_differences(edges_now(then->lost, patched.account_now, result.relinked), now->lost, result.relinked);
    mark_differences(edges_now(then->gained, patched.account_now, result.relinked), now->gained, result.relinked);
  }
  result.similarity = std::move(heeded.similarity);
  return result;
}

}  // namespace ringscope
