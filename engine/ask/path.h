// The strongest chain of links between two accounts of a run.
//
// Input    the run's stored links, read as they are needed; nothing is loaded beforehand.
// Output   accounts from one to the other, or how the search ended without a path.
// Units    a link of b bits has length 1/b: a strong link is a short one, and a long chain pays for each of its links.
// Cost     O(links of the accounts nearer than the end, log of it); gives up after PathOptions::most_expanded accounts.
// Same     of equally long paths the one through smaller account keys.
// Source   Dijkstra, Numer. Math. 1:269 (1959).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "storage/store.h"

namespace ringscope {

struct PathOptions {
  std::size_t most_expanded = 100'000;  // accounts whose links are read
  std::span<const KeyHash> avoid{};     // that it must not pass through; any order
  bool direct = true;                   // false: the link between the two themselves is not taken
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

// Throws Error corrupt, io.
Path strongest_path(const Store& store, std::uint64_t run, KeyHash from, KeyHash to, const PathOptions& options);

}  // namespace ringscope
