#include "engine/detect/cluster/clearing.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>
#include <utility>

#include "engine/detect/cluster/coact.h"
#include "engine/detect/project/enrich.h"

namespace ringscope {
namespace {

bool before(const WeightedEdge& a, const WeightedEdge& b) { return std::pair(a.u, a.v) < std::pair(b.u, b.v); }

float lowered_bins(float bins, double left) {
  return bins <= 0 ? bins : static_cast<float>(std::max(1.0, std::round(static_cast<double>(bins) * left)));
}

// By account: 1 for one on a thing that is worth less now.
std::vector<char> on_lowered(const BipartiteGraph& graph, const Weights& weights, const Clearing& clearing) {
  std::vector<char> rows(graph.left_count(), 0);
  for (Vertex r = 0; r < clearing.things.size(); ++r) {
    if (clearing.things[r] == 0 || weights.rarity[r] <= 0) continue;
    for (const Vertex l : graph.lefts_of(r)) rows[l] = 1;
  }
  return rows;
}

// Of pairs with an end among the rows, those tested again, unless an end was cleared; all others as they were.
std::vector<WeightedEdge> replaced(const std::vector<WeightedEdge>& whole, std::vector<WeightedEdge> tested,
                                   const std::vector<char>& rows, const std::vector<char>& cleared) {
  const auto is_cleared = [&](const WeightedEdge& edge) { return cleared[edge.u] != 0 || cleared[edge.v] != 0; };
  std::erase_if(tested, is_cleared);
  std::vector<WeightedEdge> kept;
  for (const WeightedEdge& edge : whole) {
    if (is_cleared(edge) || (rows[edge.u] == 0 && rows[edge.v] == 0)) kept.push_back(edge);
  }
  std::vector<WeightedEdge> all;
  all.reserve(kept.size() + tested.size());
  std::ranges::merge(kept, tested, std::back_inserter(all), before);
  return all;
}

EdgeChanges changes_between(const std::vector<WeightedEdge>& from, const std::vector<WeightedEdge>& to) {
  const auto heavier_last = [](const WeightedEdge& a, const WeightedEdge& b) {
    return std::tuple(a.u, a.v, a.weight) < std::tuple(b.u, b.v, b.weight);
  };
  EdgeChanges changes;
  std::ranges::set_difference(from, to, std::back_inserter(changes.lost), heavier_last);
  std::ranges::set_difference(to, from, std::back_inserter(changes.gained), heavier_last);
  return changes;
}

std::vector<char> linked_by(const Similarity& similarity) {
  std::vector<char> linked(similarity.near_misses.size(), 0);
  for (const auto* edges : {&similarity.core, &similarity.attach}) {
    for (const WeightedEdge& edge : *edges) linked[edge.u] = linked[edge.v] = 1;
  }
  return linked;
}

LinkChanges changes_between(const Similarity& from, const Similarity& to) {
  LinkChanges changes{changes_between(from.core, to.core), changes_between(from.attach, to.attach), {}, {}};
  const std::vector<char> before = linked_by(from), after = linked_by(to);
  for (Vertex l = 0; l < before.size(); ++l) {
    if (before[l] != after[l]) changes.unlinked.push_back(l);
    if (from.near_misses[l] != to.near_misses[l]) changes.misses.push_back({l, to.near_misses[l]});
  }
  return changes;
}

// What the lowered weights keep; pairs of cleared accounts stay.
Similarity tested_again(const HeedInput& in, Similarity whole) {
  const std::vector<char> is_row = on_lowered(in.graph, in.weights, in.clearing);
  std::vector<Vertex> rows;
  for (Vertex l = 0; l < is_row.size(); ++l) {
    if (is_row[l] != 0) rows.push_back(l);
  }
  PairLinks tested = keep_pairs_of(in.graph, in.weights, lowered(in.graph, in.cuts, in.clearing), rows, in.threads);
  whole.core = replaced(whole.core, std::move(tested.core), is_row, in.clearing.accounts);
  whole.attach = replaced(whole.attach, std::move(tested.attach), is_row, in.clearing.accounts);
  for (const Vertex l : rows) whole.near_misses[l] = tested.near_misses[l];
  return whole;
}

// Pairs of which one end was cleared attach only.
Similarity loosened(Similarity similarity, const Clearing& clearing) {
  const auto is_mixed = [&](const WeightedEdge& edge) {
    return clearing.accounts[edge.u] != clearing.accounts[edge.v];
  };
  std::vector<WeightedEdge> loose, attach;
  std::ranges::copy_if(similarity.core, std::back_inserter(loose), is_mixed);
  std::erase_if(similarity.core, is_mixed);
  std::ranges::merge(similarity.attach, loose, std::back_inserter(attach), before);
  similarity.attach = std::move(attach);
  return similarity;
}

}  // namespace

Clearing clearing_of(const Snapshot& snapshot, const Decisions& decisions, const VerdictConfig& verdicts) {
  Clearing clearing;
  if (verdicts.clearing == "off") return clearing;
  const BipartiteGraph graph = snapshot.graph();
  for (const KeyHash account : decisions.cleared()) {
    const auto l = snapshot.vertex_of(account);
    if (!l) continue;
    clearing.accounts.resize(graph.left_count(), 0);
    clearing.things.resize(graph.right_count(), 0);
    clearing.accounts[*l] = 1;
    for (const Vertex r : graph.rights_of(*l)) ++clearing.things[r];
  }
  return clearing;
}

Weights lowered(const BipartiteGraph& graph, const Weights& weights, const Clearing& clearing) {
  Weights result = weights;
  if (clearing.empty()) return result;
  result.cleared = clearing.things;
  for (Vertex r = 0; r < clearing.things.size(); ++r) {
    if (clearing.things[r] == 0) continue;
    const double left = left_of(clearing.things[r], graph.right_degree(r));
    result.rarity[r] = lowered_bins(weights.rarity[r], left);
    if (!weights.with_consequences.empty())
      result.with_consequences[r] = lowered_bins(weights.with_consequences[r], left);
  }
  return result;
}

PairCuts lowered(const BipartiteGraph& graph, PairCuts cuts, const Clearing& clearing) {
  for (Vertex r = 0; r < clearing.things.size(); ++r) {
    if (clearing.things[r] == 0) continue;
    const auto left = static_cast<float>(left_of(clearing.things[r], graph.right_degree(r)));
    cuts.vouching.observed[r] *= left;
    cuts.vouching.fitted[r] *= left;
  }
  return cuts;
}

Heeded heed_clearing(const HeedInput& input, Similarity sharing) {
  const auto all_links = [&](Similarity similarity) {
    return with_coactions(with_enriched(std::move(similarity), input.enriched), input.coactions,
                          input.graph.left_count());
  };
  if (input.clearing.empty()) return {all_links(std::move(sharing)), {}};
  const Similarity unsaid = all_links(sharing);
  Heeded result{loosened(all_links(tested_again(input, std::move(sharing))), input.clearing), {}};
  result.changes = changes_between(unsaid, result.similarity);
  return result;
}

}  // namespace ringscope
