#include "engine/lab/evaluate.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include "base/error.h"
#include "engine/export/csv_text.h"
#include "engine/lab/csv.h"

namespace ringscope {
namespace {

constexpr std::size_t kCampaignsListed = 12;

struct TrueAccount {
  std::string ring;  // empty: honest
  std::string group;
};

struct Truth {
  absl::flat_hash_map<std::string, TrueAccount> accounts;
  absl::flat_hash_set<std::string> left_out;

  // Whether the account counts as a member of a true ring.
  bool planted(const std::string& account, const TrueAccount& known) const {
    return !known.ring.empty() && !left_out.contains(account);
  }
};

Truth read_truth(const std::string& file, const EvaluateOptions& options) {
  Truth truth;
  read_csv(file, {{"account"}, {"ring"}, {"group", CsvColumn::optional}}, [&](const CsvRow& row) {
    if (!row[1].empty() && !row[1].starts_with(options.prefix)) {
      truth.left_out.insert(row[0]);
    } else {
      truth.accounts[row[0]] = {row[1], row[2]};
    }
  });
  if (!options.grey.empty()) {
    read_csv(options.grey, {{"account"}}, [&](const CsvRow& row) { truth.left_out.insert(row[0]); });
  }
  return truth;
}

double score_of(std::string_view text, const std::string& file) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.empty()) return 0;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw Error(ErrorCode::input, "'" + std::string(text) + "' in column score is not a number", file);
  }
  return value;
}

using Sizes = absl::flat_hash_map<std::string, std::uint64_t>;

struct Flagged {
  absl::flat_hash_map<std::string, std::string> ring_of;
  Sizes sizes;
};

Flagged read_flagged(const std::string& file, const Truth& truth, const EvaluateOptions& options) {
  Flagged flagged;
  const std::vector<CsvColumn> columns = {
      {"account"}, {"ring"}, {"score", CsvColumn::optional}, {"tier", CsvColumn::optional}};
  read_csv(file, columns, [&](const CsvRow& row) {
    const std::string account(csv_cell(row[0]));
    if (row[1].empty() || truth.left_out.contains(account)) return;
    if (!options.tiers.empty() && std::ranges::find(options.tiers, row[3]) == options.tiers.end()) return;
    if (options.min_score && score_of(row[2], file) < *options.min_score) return;
    flagged.ring_of[account] = row[1];
  });
  for (const auto& [account, ring] : flagged.ring_of) ++flagged.sizes[ring];
  absl::erase_if(flagged.ring_of, [&](const auto& entry) { return flagged.sizes[entry.second] < options.min_size; });
  absl::erase_if(flagged.sizes, [&](const auto& entry) { return entry.second < options.min_size; });
  return flagged;
}

using Count = std::uint64_t;

// What true and predicted rings have in common; ordered, so that sums are added in one order.
struct Overlap {
  std::map<std::string, Count> true_sizes;
  std::map<std::pair<std::string, std::string>, Count> joint;  // (true, predicted) -> accounts
  Count planted = 0;
  Count hits = 0;  // planted accounts that were flagged
};

Overlap overlap_of(const Truth& truth, const Flagged& flagged) {
  Overlap overlap;
  for (const auto& [account, known] : truth.accounts) {
    if (!truth.planted(account, known)) continue;
    ++overlap.planted;
    ++overlap.true_sizes[known.ring];
    const auto found = flagged.ring_of.find(account);
    if (found == flagged.ring_of.end()) continue;
    ++overlap.hits;
    ++overlap.joint[{known.ring, found->second}];
  }
  return overlap;
}

double ratio(double part, double whole) { return part / whole; }
double as_double(Count count) { return static_cast<double>(count); }
double harmonic(double x, double y) { return x + y > 0 ? 2 * x * y / (x + y) : 0; }

void score_accounts(const Overlap& overlap, Evaluation& result) {
  const double hits = as_double(overlap.hits);
  result.precision = result.flagged > 0 ? ratio(hits, as_double(result.flagged)) : 1;
  result.recall = overlap.planted > 0 ? ratio(hits, as_double(overlap.planted)) : 1;
  result.f1 = harmonic(result.precision, result.recall);
  result.honest_accounts_hit = result.flagged - overlap.hits;
}

void score_rings(const Overlap& overlap, const Flagged& flagged, Evaluation& result) {
  std::map<std::string, double> best;
  for (const auto& [pair, n] : overlap.joint) {
    const Count either = overlap.true_sizes.at(pair.first) + flagged.sizes.at(pair.second) - n;
    double& jaccard = best[pair.first];
    jaccard = std::max(jaccard, ratio(as_double(n), as_double(either)));
  }
  for (const auto& [ring, jaccard] : best) {
    result.ring_jaccard += jaccard;
    result.rings_found += jaccard >= 0.5 ? 1 : 0;
  }
  result.rings = overlap.true_sizes.size();
  result.ring_jaccard /= as_double(std::max<Count>(1, result.rings));
}

// B-cubed over the true ring accounts: a missed account is a predicted ring of its own.
void score_b3(const Overlap& overlap, const Flagged& flagged, Evaluation& result) {
  std::map<std::string, Count> missed = overlap.true_sizes;
  double precision = as_double(overlap.planted - overlap.hits);
  double recall = 0;
  for (const auto& [pair, n] : overlap.joint) {
    missed[pair.first] -= n;
    precision += as_double(n) * as_double(n) / as_double(flagged.sizes.at(pair.second));
    recall += as_double(n) * as_double(n) / as_double(overlap.true_sizes.at(pair.first));
  }
  for (const auto& [ring, n] : missed) recall += as_double(n) / as_double(overlap.true_sizes.at(ring));
  const double all = as_double(std::max<Count>(1, overlap.planted));
  result.b3_precision = precision / all;
  result.b3_recall = recall / all;
  result.b3_f1 = harmonic(result.b3_precision, result.b3_recall);
}

bool is_small(const std::string& ring) { return ring.starts_with("small-"); }

void list_campaigns(const Overlap& overlap, Evaluation& result) {
  std::map<std::string, std::pair<Count, Count>> found;  // campaign -> (flagged, all)
  const auto name = [](const std::string& ring) { return is_small(ring) ? std::string("small") : ring; };
  for (const auto& [ring, n] : overlap.true_sizes) found[name(ring)].second += n;
  if (found.size() > kCampaignsListed) return;
  for (const auto& [ring, n] : overlap.true_sizes) {
    if (!is_small(ring)) result.pieces[ring] = 0;
  }
  for (const auto& [pair, n] : overlap.joint) {
    found[name(pair.first)].first += n;
    const bool piece = as_double(n) >= 0.01 * as_double(overlap.true_sizes.at(pair.first));
    if (piece && !is_small(pair.first)) ++result.pieces[pair.first];
  }
  for (const auto& [campaign, counts] : found) {
    result.recall_by_ring[campaign] = ratio(as_double(counts.first), as_double(counts.second));
  }
}

void count_groups(const Truth& truth, const Flagged& flagged, Evaluation& result) {
  std::map<std::string, Count> hit;
  for (const auto& [account, ring] : flagged.ring_of) {
    const auto known = truth.accounts.find(account);
    if (known == truth.accounts.end() || truth.planted(account, known->second)) continue;
    if (!known->second.group.empty()) ++hit[known->second.group];
  }
  for (const auto& [group, n] : hit) {
    if (n >= 3) ++result.honest_groups_hit[group.substr(0, group.find_last_not_of("0123456789") + 1)];
  }
}

}  // namespace

Evaluation evaluate(const std::string& truth_file, const std::string& rings_file, const EvaluateOptions& options) {
  const Truth truth = read_truth(truth_file, options);
  const Flagged flagged = read_flagged(rings_file, truth, options);
  const Overlap overlap = overlap_of(truth, flagged);
  Evaluation result;
  result.flagged = flagged.ring_of.size();
  score_accounts(overlap, result);
  score_rings(overlap, flagged, result);
  score_b3(overlap, flagged, result);
  list_campaigns(overlap, result);
  count_groups(truth, flagged, result);
  return result;
}

}  // namespace ringscope
