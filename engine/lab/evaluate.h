// How well an export agrees with the truth.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ringscope {

struct EvaluateOptions {
  std::vector<std::string> tiers = {};  // keep rows of these tiers only; empty: all
  std::optional<double> min_score = {};
  std::uint32_t min_size = 1;  // keep predicted rings with at least this many kept accounts
  std::string prefix = {};     // count only true rings whose name starts so; accounts of others are left out altogether
  std::string grey = {};       // file of accounts to leave out altogether
};

struct Evaluation {
  std::uint64_t flagged = 0;
  double precision = 0, recall = 0, f1 = 0;  // of "this account is in some true ring"
  double ring_jaccard = 0;                   // mean over true rings of the best Jaccard with a predicted ring
  std::uint64_t rings_found = 0, rings = 0;  // found: Jaccard >= 0.5
  double b3_precision = 0, b3_recall = 0, b3_f1 = 0;
  std::uint64_t honest_accounts_hit = 0;
  std::map<std::string, std::uint64_t> honest_groups_hit;  // groups with >= 3 accounts flagged, by kind of group
  std::map<std::string, double> recall_by_ring;  // at most 12 campaigns; rings called small-N are pooled; else empty
  std::map<std::string, std::uint64_t> pieces;   // predicted rings that hold >= 1% of a campaign
};

// truth: account,ring[,group]; rings: account,ring[,score][,tier]; .csv or .csv.gz. Throws Error input, not_found.
Evaluation evaluate(const std::string& truth_file, const std::string& rings_file, const EvaluateOptions& options);

// One JSON object with the keys flagged, precision, recall, f1, ringJ, rings_found, rings, b3{p,r,f1},
// honest_accounts_hit, honest_groups_hit, recall_by_ring, pieces.
std::string evaluation_to_json(const Evaluation& evaluation);

}  // namespace ringscope
