#include <algorithm>
#include <map>

#include "algorithms/assignment.h"
#include "algorithms/bursts.h"
#include "algorithms/load_balance.h"
#include "algorithms/minhash.h"
#include "algorithms/multicover.h"
#include "algorithms/named/named.h"
#include "base/error.h"

namespace ringscope::named {
namespace {

// offsets[0] = 0, not falling, ending with `count`.
void check_offsets(std::span<const std::uint64_t> offsets, std::size_t count) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != count || !std::ranges::is_sorted(offsets))
    throw Error(ErrorCode::usage, "must ascend from 0 to " + std::to_string(count), "offsets");
}

Outputs run_assign(const Arguments& a) {
  const auto left = a.u32s("left"), right = a.u32s("right");
  const auto weight = a.i64s("weight");
  const auto lefts = a.integer<std::uint32_t>("left_count"), rights = a.integer<std::uint32_t>("right_count");
  check_length("right", right.size(), left.size());
  check_length("weight", weight.size(), left.size());
  check_below("left", left, lefts);
  check_below("right", right, rights);
  std::vector<AssignmentEdge> edges;
  for (std::size_t i = 0; i < left.size(); ++i) edges.push_back({left[i], right[i], weight[i]});
  return {assign(lefts, rights, std::move(edges))};
}

Outputs run_bursts(const Arguments& a) {
  const auto moments = a.i64s("moments");
  const auto begin = a.integer<std::int64_t>("begin"), end = a.integer<std::int64_t>("end");
  if (!std::ranges::is_sorted(moments) || (!moments.empty() && (moments.front() < begin || moments.back() >= end)))
    throw Error(ErrorCode::usage, "must ascend and lie in [begin, end)", "moments");
  const auto found =
      find_bursts(moments, begin, end, {a.integer<std::int64_t>("grain"), a.integer<std::size_t>("least")});
  return {column_of<std::int64_t>(found, [](const Burst& b) { return b.begin; }),
          column_of<std::int64_t>(found, [](const Burst& b) { return b.end; }),
          column_of<std::uint64_t>(found, [](const Burst& b) { return b.count; })};
}

std::vector<MinHashSketch> sketches_of(std::span<const std::uint64_t> words) {
  if (words.size() % 2 != 0) throw Error(ErrorCode::usage, "a sketch has two words", "sketches");
  std::vector<MinHashSketch> sketches;
  for (std::size_t i = 0; i < words.size(); i += 2) sketches.push_back({words[i], words[i + 1]});
  return sketches;
}

Outputs run_minhash(const Arguments& a) {
  const auto offsets = a.u64s("offsets"), elements = a.u64s("elements");
  check_offsets(offsets, elements.size());
  std::vector<std::uint64_t> words;
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    const MinHashSketch sketch = minhash(elements.subspan(offsets[i], offsets[i + 1] - offsets[i]));
    words.insert(words.end(), sketch.begin(), sketch.end());
  }
  return {std::move(words)};
}

Outputs run_near_equal(const Arguments& a) { return {near_equal(sketches_of(a.u64s("sketches")), a.real("least"))}; }

Outputs run_jaccard(const Arguments& a) {
  const auto one = sketches_of(a.u64s("a")), other = sketches_of(a.u64s("b"));
  check_length("b", other.size(), one.size());
  std::vector<double> result;
  for (std::size_t i = 0; i < one.size(); ++i) result.push_back(estimated_jaccard(one[i], other[i]));
  return {std::move(result)};
}

Outputs run_cover(const Arguments& a) {
  const auto offsets = a.u64s("offsets"), amounts = a.u64s("amounts"), needs = a.u64s("needs");
  const auto items = a.u32s("items");
  const auto count = a.integer<std::uint32_t>("item_count");
  check_offsets(offsets, items.size());
  check_length("amounts", amounts.size(), items.size());
  check_length("needs", needs.size(), offsets.size() - 1);
  check_below("items", items, count);
  std::vector<CoverDemand> demands(needs.size());
  for (std::size_t d = 0; d < needs.size(); ++d) {
    demands[d].need = needs[d];
    for (std::uint64_t i = offsets[d]; i < offsets[d + 1]; ++i) demands[d].entries.push_back({items[i], amounts[i]});
  }
  Cover cover = least_cover(count, std::move(demands), {a.integer<std::size_t>("most_steps")});
  return {std::move(cover.items), cover.possible, cover.proven};
}

Outputs run_balance(const Arguments& a) {
  const auto series = a.u32s("series"), day = a.u32s("day"), slot = a.u32s("slot"), count = a.u32s("count");
  const auto days = a.integer<std::size_t>("days");
  check_length("day", day.size(), series.size());
  check_length("slot", slot.size(), series.size());
  check_length("count", count.size(), series.size());
  check_below("day", day, days);
  check_below("slot", slot, kSlots);
  std::map<std::uint32_t, std::vector<SlotCount>> by_series;
  for (std::size_t i = 0; i < series.size(); ++i) by_series[series[i]].push_back({day[i], slot[i], count[i]});
  LoadBalance balance(days);
  for (auto& [number, counts] : by_series) {
    std::ranges::sort(counts, {}, [](const SlotCount& one) { return std::pair(one.day, one.slot); });
    balance.add(counts);
  }
  const Balance found = balance.test();
  return {static_cast<std::int64_t>(found.days), found.ratio, found.p_smooth, found.evenness, found.z_turns};
}

// What to take.
std::vector<Algorithm> choice_rows() {
  return {
      {"assign",
       "assignment.h",
       "A matching of the greatest weight in a bipartite graph; vertices may stay alone.",
       {{"left_count", ValueType::integer, "count"},
        {"right_count", ValueType::integer, "count"},
        {"left", ValueType::u32s, "[E] uint32"},
        {"right", ValueType::u32s, "[E] uint32"},
        {"weight", ValueType::i64s, "[E] int64; 0 or less is never used"}},
       {{"partner", "[left_count] uint32; 4294967295: none"}},
       run_assign},
      {"least_cover",
       "multicover.h",
       "The fewest items that meet every demand.",
       {{"item_count", ValueType::integer, "count"},
        {"offsets", ValueType::u64s, "[d + 1] uint64: demand i has entries offsets[i] … offsets[i + 1]"},
        {"items", ValueType::u32s, "uint32: of each entry"},
        {"amounts", ValueType::u64s, "uint64: what the item gives the demand"},
        {"needs", ValueType::u64s, "[d] uint64"},
        {"most_steps", ValueType::integer, "of the search", static_cast<std::int64_t>(CoverOptions{}.most_steps)}},
       {{"items", "[n] uint32, ascending"}, {"possible", "bool"}, {"proven", "bool: that there are no fewer"}},
       run_cover},
  };
}

// Sets by their sketches.
std::vector<Algorithm> sketch_rows() {
  return {
      {"minhash",
       "minhash.h",
       "A sketch of 128 bits a set.",
       {{"offsets", ValueType::u64s, "[n + 1] uint64: set i has elements[offsets[i]:offsets[i + 1]]"},
        {"elements", ValueType::u64s, "uint64: hashes"}},
       {{"sketches", "[2 n] uint64"}},
       run_minhash},
      {"near_equal",
       "minhash.h",
       "Groups of near-equal sets: for each sketch the number of its group's leader.",
       {{"sketches", ValueType::u64s, "[2 n] uint64"},
        {"least", ValueType::real, "Jaccard coefficient with the leader, estimated", 0.8}},
       {{"leader", "[n] uint32"}},
       run_near_equal},
      {"estimated_jaccard",
       "minhash.h",
       "Jaccard coefficients of pairs of sets, from their sketches.",
       {{"a", ValueType::u64s, "[2 n] uint64"}, {"b", ValueType::u64s, "[2 n] uint64"}},
       {{"jaccard", "[n] float64; standard error at most 0.09"}},
       run_jaccard},
  };
}

// Moments and series.
std::vector<Algorithm> series_rows() {
  const BurstOptions burst;
  return {
      {"bursts",
       "bursts.h",
       "The stretches of a sequence of moments that are more crowded than the whole (Bayesian blocks).",
       {{"moments", ValueType::i64s, "[n] int64, ascending"},
        {"begin", ValueType::integer, "of all time looked at"},
        {"end", ValueType::integer, "after it"},
        {"grain", ValueType::integer, "moments closer than that may be one", burst.grain},
        {"least", ValueType::integer, "moments of a burst", static_cast<std::int64_t>(burst.least)}},
       {{"first", "[b] int64: first moment of each"}, {"last", "[b] int64: last"}, {"count", "[b] uint64"}},
       run_bursts},
      {"load_balance",
       "load_balance.h",
       "Is the sum of several series smoother than independent series could be, and are the turns dealt out evenly?",
       {{"series", ValueType::u32s, "[n] uint32: number of the series"},
        {"day", ValueType::u32s, "[n] uint32"},
        {"slot", ValueType::u32s, "[n] uint32, hour of the day"},
        {"count", ValueType::u32s, "[n] uint32"},
        {"days", ValueType::integer, "in all"}},
       {{"days", "int: tested"},
        {"ratio", "float64: variance of the sum over the sum of variances"},
        {"p_smooth", "float64"},
        {"evenness", "float64: 1 of independent Poisson series"},
        {"z_turns", "float64"}},
       run_balance},
  };
}

}  // namespace

std::vector<Algorithm> group_rows() { return rows_of({choice_rows(), sketch_rows(), series_rows()}); }

}  // namespace ringscope::named
