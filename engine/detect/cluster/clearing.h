// What people said of accounts that are not of any ring ("reject", "benign") lowers the evidence of the next run.
//
// A thing that a cleared account has is one that honest accounts have, too. Sharing it says something about a pair only
// as far as its accounts are not such: of s, the share of its accounts that were cleared, two accounts that nobody
// spoke of added to the rest, its bits and the rate at which it vouches are 1 - s of what they were. So one clearing in
// a thing of a thousand accounts moves nothing (bits are rounded to half a bit, and none is lost below a quarter), one
// among three moves a fifth; a decoy clears its own few things and no ring.
//
// Only what is held against the cut is lowered. The null model, the cut and the rates of the classes are those of the
// data as if nothing had been said, so that verdicts cannot move them: sums of lowered bits are held against the tails
// of whole ones, which is no less strict. A cleared account's own pairs stay as they were, but for one thing: with an
// account that was not cleared it attaches only, so that it joins no two parts of a ring and founds none. So it is
// still shown beside those whom it was taken for, and an undoing needs no new run to give it back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/coaction.h"
#include "engine/config.h"
#include "engine/detect/project/project.h"
#include "engine/detect/ring/verdict.h"
#include "engine/load/snapshot.h"

namespace ringscope {

inline constexpr double kUnspokenAccounts = 2;  // added to a thing's accounts: nobody spoke of them

struct Clearing {
  std::vector<char> accounts;         // by account: 1 for one that people cleared; empty: nobody is
  std::vector<std::uint32_t> things;  // by thing: its cleared accounts
  bool empty() const { return accounts.empty(); }
};

// Of the accounts of the snapshot; empty where `verdicts` say so. O(accounts) and the things of the cleared ones.
Clearing clearing_of(const Snapshot& snapshot, const Decisions& decisions, const VerdictConfig& verdicts);

// What is left of the bits of a thing of which so many accounts were cleared, (0, 1].
inline double left_of(std::size_t cleared, std::size_t accounts) {
  return 1 - static_cast<double>(cleared) / (static_cast<double>(accounts) + kUnspokenAccounts);
}

// Lowered; as they are where nobody was cleared. At least one bin is left of a thing that is no hub.
Weights lowered(const BipartiteGraph& graph, const Weights& weights, const Clearing& clearing);
PairCuts lowered(const BipartiteGraph& graph, PairCuts cuts, const Clearing& clearing);

// Edges that are in one list and not, or not so heavy, in another.
struct EdgeChanges {
  std::vector<WeightedEdge> lost, gained;  // ascending
};
// Of an account: the best pair that was not kept.
struct ChangedMiss {
  Vertex account = 0;
  NearMiss miss;
};
// How what was said changed the links of a run.
struct LinkChanges {
  EdgeChanges core, attach;
  std::vector<Vertex> unlinked;     // accounts left without a link, ascending
  std::vector<ChangedMiss> misses;  // of those whose best pair is another, ascending
};

struct HeedInput {
  const BipartiteGraph& graph;
  const Weights& weights;  // lowered
  const PairCuts& cuts;    // as if nothing had been said
  const Clearing& clearing;
  std::span<const WeightedEdge> enriched;
  std::span<const Coaction> coactions;
  unsigned threads = 0;
};
struct Heeded {
  Similarity similarity;
  LinkChanges changes;  // from what it would be if nothing had been said
};
// `sharing`: the pairs that sharing explains, as if nothing had been said. Gives them as the lowered weights keep them,
// with enriched pairs and those that act together. O(pairs on lowered things, and all links).
Heeded heed_clearing(const HeedInput& input, Similarity sharing);

}  // namespace ringscope
