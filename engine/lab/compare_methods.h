// Several ways to find communities, on one snapshot: how far they agree, how good and how fast they are.
//
// Input    the store's window; all see the same graphs: the links that chance cannot explain (detect's own pair stage),
//          or accounts and things (dense blocks, similarity measures).
// Output   a row a method. Communities below min_ring accounts are taken for single accounts. Agreement is measured
//          over the accounts that any of the methods, or the truth, puts into a community: single accounts in all of
//          them would only flatter.
// Errors   Error input, not_found (truth file), usage as detect() throws them; memory, naming what is needed, when the
//          window does not fit into the configuration's bound, or the pairs of a measure do not.
// Cost     detect's pair stage, then each method; similarity measures enumerate the pairs of every thing that is no
//          hub. Memory as for detect(), and 40 bytes a pair that a measure keeps.
// Same     bit for bit, but for the seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "algorithms/partition_match.h"
#include "engine/config.h"
#include "storage/store.h"

namespace ringscope {

// What a pair of accounts needs for a link.
enum class LinkRule {
  significant,  // to share more than chance explains, as detect() has it; weight: bits
  shared,       // to share a thing that is no hub; weight: how many. For plain graphs, where an edge is a thing
};
const char* to_string(LinkRule rule);

struct ComparedMethod {
  std::string name;               // "leiden-cpm", …
  std::string means;              // in a few words
  std::uint64_t communities = 0;  // of min_ring accounts or more
  std::uint64_t accounts = 0;     // in them
  std::uint64_t largest = 0;
  double modularity = 0;  // of the links, resolution 1
  double inside = 0;      // share of the links' weight inside communities
  double seconds = 0;     // of the method alone; of "rings" those of the run
  std::optional<PartitionMatch> with_truth{};
};

struct MethodComparison {
  std::uint64_t run = 0;       // whose rings are the row "rings"; 0: no run, no such row
  std::uint64_t accounts = 0;  // of the window
  LinkRule links_by = LinkRule::significant;
  std::uint64_t links = 0;
  std::uint64_t compared = 0;       // accounts that agreement is measured over
  std::uint64_t truth_unknown = 0;  // accounts of the truth that are not in the window
  double load_seconds = 0, link_seconds = 0;
  std::vector<ComparedMethod> methods;
  std::vector<std::vector<PartitionMatch>> agreement;  // [a][b]: b against a as truth
};

struct CompareMethodsOptions {
  LinkRule links_by = LinkRule::significant;
  std::string truth{};  // file: account,ring; empty: none
  double least_jaccard = 0.5, least_cosine = 0.5;
  double most_tail = 1e-9;  // p-value of the hypergeometric test
};

MethodComparison compare_methods(const Store& store, const Config& config, const CompareMethodsOptions& options);
// Schema "ringscope.methods/1", one line.
std::string methods_to_json(const MethodComparison& comparison);

}  // namespace ringscope
