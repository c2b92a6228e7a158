// The run's links cut at a strength of evidence: what hangs together then, and how that changes with the cut.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "algorithms/merge_tree.h"
#include "storage/store.h"

namespace ringscope {

// Accounts that links of `cut` bits or more hold together.
struct CutGroup {
  std::uint64_t size = 0;               // accounts
  std::uint64_t links = 0;              // of the cut or above, among them
  double density = 0;                   // links over pairs
  double bridge = 0;                    // bits of its weakest bridge: at a cut above it falls apart
  std::vector<std::string> accounts{};  // the first few, in the order of the tree
  std::string ring{};                   // of the run, that most of the accounts looked at are in; empty: none
  double ring_share = 0;                // of the accounts looked at (all of a small group) those in that ring
};

struct Cut {
  std::uint64_t run = 0;
  double cut = 0;                // bits: what was asked for, rounded up to a step
  std::uint64_t groups = 0;      // of min_size accounts or more
  std::uint64_t accounts = 0;    // in them
  std::vector<CutGroup> list{};  // largest first
};

struct CutOptions {
  double cut = 0;              // bits
  std::uint64_t min_size = 2;  // smaller groups are passed over
  std::size_t limit = 50;      // groups to list; 0: all
  std::size_t names = 5;       // accounts to name of each
  std::size_t looked_at = 64;  // accounts of each whose ring is looked up
};

// Reads the nodes of that strength, and what it lists. Throws Error not_found when the run kept no tree, or let it go.
Cut cut_run(const Store& store, std::uint64_t run, const CutOptions& options);
// Schema "ringscope.cut-group/1": a line each.
std::string group_to_json(const Cut& cut, const CutGroup& group);

// All cuts at once.
struct CutChart {
  std::uint64_t run = 0;
  std::uint64_t accounts = 0;       // that have a link
  std::vector<CutPoint> curve{};    // descending
  std::optional<CutPoint> knee{};   // where the giant component takes over
  std::vector<Plateau> plateaus{};  // of groups of min_size accounts, the widest first
  std::uint64_t min_size = 0;
};
// O(nodes log nodes).
CutChart chart_cuts(const Store& store, std::uint64_t run, std::uint64_t min_size);
// Schema "ringscope.cuts/1", one line.
std::string chart_to_json(const CutChart& chart);
std::string chart_to_svg(const CutChart& chart);

}  // namespace ringscope
