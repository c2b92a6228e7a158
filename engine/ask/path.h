// The strongest chain of links between two accounts of a run.
//
// Input    the run's stored links, read as they are needed; nothing is loaded beforehand.
// Output   accounts from one to the other, or how the search ended without a path.
// Units    a link of b bits has length 1/b: a strong link is a short one, and a long chain pays for each of its links.
// Method   first the few accounts nearest to the end are measured from there. Then accounts are looked at in the order
//          of the least length that a chain through them can have, so that most of those nearer than the end are none
//          to look at (A*).
// Cost     O(links of the accounts looked at, log of it); gives up after PathOptions::most_expanded accounts.
// Same     of equally long paths the one through smaller account keys.
// Source   Dijkstra, Numer. Math. 1:269 (1959); Hart, Nilsson, Raphael, IEEE Trans. Syst. Sci. Cybern. 4:100 (1968).
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/ask/checkpoint.h"
#include "storage/store.h"

namespace ringscope {

struct PathOptions {
  std::size_t most_expanded = 100'000;  // accounts whose links are followed
  std::span<const KeyHash> avoid{};     // that it must not pass through; any order
  bool direct = true;                   // false: the link between the two themselves is not taken
  Checkpoint check{};                   // at each account looked at
};

enum class PathEnd { not_asked, found, no_path, gave_up };

struct PathStep {
  KeyHash account = 0;
  double bits = 0;  // of the link that leads here; 0 for the first
};

struct Path {
  PathEnd end = PathEnd::no_path;
  std::vector<PathStep> steps;  // both ends included; empty unless found
};

// Looks for chains between two accounts, one after the other: what one search read the next need not.
class PathFinder {
 public:
  // `store` must outlive it. Throws Error corrupt, io, as find() does.
  PathFinder(const Store& store, std::uint64_t run, KeyHash from, KeyHash to);

  Path find(const PathOptions& options);

 private:
  class Search;
  std::span<const StoredLink> links_of(KeyHash account);
  void measure_end();
  double at_least(KeyHash account) const;

  const Store& store_;
  std::uint64_t run_;
  KeyHash from_, to_;
  std::unordered_map<KeyHash, double> near_;  // length from the accounts nearest to the end …
  double beyond_ = 0;                         // … and the least of all others; infinite: no link leads to them
  std::unordered_map<KeyHash, std::vector<StoredLink>> kept_;
  std::size_t kept_links_ = 0;
  std::vector<StoredLink> unkept_;  // the last that were too many to keep
};

}  // namespace ringscope
