// The merge tree of a run's links: which accounts hang together at every cut of evidence, kept with the run so that a
// cut is answered by reading the beginning of a list.
//
// Strengths are steps of 1/8 bit, rounded down; a link is of a cut when its bits are the cut or more, which is exact at
// cuts that are steps. Kept in the run's index (Store::find_index) under "cut/": a head, nodes and accounts in blocks,
// and by account the component of all links that it is in.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "algorithms/merge_tree.h"
#include "engine/detect/index/score_index.h"
#include "engine/detect/project/project.h"
#include "storage/store.h"

namespace ringscope {

inline constexpr float kCutsPerBit = 8;

// The smallest step that is not below `cut`.
float step_of_cut(double cut);

// The tree of links between `accounts` (ascending): edges of places in them, in bits. O(links log links).
struct CutTree {
  MergeTree tree;                 // over the accounts that have a link
  std::vector<KeyHash> accounts;  // of the tree's vertices
};
CutTree cut_tree(std::span<const KeyHash> accounts, std::span<const std::span<const WeightedEdge>> links);

// What a run keeps of it. O(nodes + accounts).
std::vector<IndexEntry> encode_cuts(const CutTree& cuts);

// Both of a run's pairs, core and attached.
void add_cuts(std::span<const KeyHash> accounts, const Similarity& similarity, std::vector<IndexEntry>& index);

// Reads what a run kept. Throws Error corrupt, io.
class StoredCuts {
 public:
  // Nothing for a run of an earlier program, or one whose links were let go.
  static std::optional<StoredCuts> open(const Store& store, std::uint64_t run);

  std::uint64_t account_count() const { return accounts_; }
  // All nodes of strength `cut` or above, perhaps some below. O(those).
  std::vector<MergeNode> nodes(float cut) const;
  // The accounts at these places of the tree's order. O(blocks that they lie in).
  std::vector<KeyHash> accounts(Vertex begin, Vertex size) const;
  // Whether no chain of links joins the two. Nothing where an earlier program kept the tree without components. Two
  // look-ups.
  std::optional<bool> are_apart(KeyHash a, KeyHash b) const;

 private:
  StoredCuts(const Store& store, std::uint64_t run) : store_(&store), run_(run) {}
  // Nothing: the account has no link.
  std::optional<std::uint64_t> component_of(KeyHash account) const;

  const Store* store_;
  std::uint64_t run_;
  std::uint64_t nodes_ = 0, accounts_ = 0;
  std::optional<unsigned> bucket_bits_;  // of account keys, by which components are kept; nothing: they are not
};

}  // namespace ringscope
