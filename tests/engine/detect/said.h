// A snapshot of a drawn world, and what people said of its accounts, for the tests of verdicts.
#pragma once

#include <string>
#include <vector>

#include "engine/detect/ring/verdict.h"
#include "engine/load/snapshot.h"
#include "tests/engine/detect/worlds.h"

namespace ringscope::testing {

inline KeyHash key_of(Vertex account) { return 1000 + KeyHash{account}; }

inline Snapshot snapshot_of(const World& world, const std::vector<std::string>& layers) {
  Snapshot snapshot;
  snapshot.arrays = world.build();
  const BipartiteGraph graph = snapshot.graph();
  for (Vertex l = 0; l < graph.left_count(); ++l) snapshot.accounts.push_back(key_of(l));
  for (std::size_t k = 0; k < layers.size(); ++k) {
    snapshot.layers.push_back({static_cast<KindId>(k + 1), layers[k]});
    for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r)
      snapshot.entities.push_back({snapshot.layers[k].kind, KeyHash{r}});
  }
  snapshot.sightings.resize(graph.edge_count());
  return snapshot;
}

inline Decisions said(VerdictWord word, const std::vector<Vertex>& accounts) {
  std::vector<Verdict> log;
  for (const Vertex account : accounts) {
    Verdict& verdict = log.emplace_back();
    verdict.number = log.size();
    verdict.word = word;
    verdict.target = std::to_string(account);
    verdict.accounts = {key_of(account)};
    verdict.by = "ann";
    verdict.reason = "looked";
  }
  return Decisions(log);
}

}  // namespace ringscope::testing
