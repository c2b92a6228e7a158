// The list of rings as people ask for it: filtered, sorted, a page at a time, with what there is to filter by.
//
// A page's cursor names its last ring and where it stood, so the next page goes on there even when verdicts have moved
// rings meanwhile. It also holds the run: whoever pages through a list sees one run to its end.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/ring_lines.h"

namespace ringscope {

enum class RingOrder { rank, score, size, requests, evidence, first_seen, last_seen, changed };
// "rank" (tier, score, size), "score", …
std::vector<std::string> ring_order_names();
// Throws Error usage, naming those there are. Dashes and underscores are the same.
RingOrder parse_ring_order(std::string_view name);

inline constexpr std::string_view kNone = "none";            // a ring without a verdict, a campaign
inline constexpr std::string_view kUnchanged = "unchanged";  // a ring to which nothing happened in the run

// What is left empty asks for nothing. Several values of one filter: a ring needs one of them; but of `kinds` all.
struct RingFilter {
  std::vector<Tier> tiers{};
  std::uint64_t min_size = 0;
  std::uint64_t max_size = UINT64_MAX;
  std::vector<std::string> campaigns{};          // any that indicators speak for; "none": none does
  std::vector<std::string> kinds{};              // of evidence: "payment", "ip/net", …
  std::vector<std::string> changes{};            // in this run: "born", "grown", …, "unchanged"
  std::vector<std::string> verdicts{};           // on the ring: "confirm", …, "none"
  std::optional<std::uint64_t> changed_since{};  // rings whose version is of a later run
  std::string text{};                            // in id, summary, campaigns or kinds, whatever the case; every word
};

struct RingQuery {
  RingFilter filter{};
  RingOrder order = RingOrder::rank;
  bool ascending = false;
  std::size_t limit = 100;  // 0: all
  std::string cursor{};     // RingPage::next of the page before; empty: the first
};

// How many rings there are of each value, as far as the other filters go: what choosing it as well would show.
struct RingFacets {
  using Counts = std::map<std::string, std::uint64_t>;
  Counts tier, campaign, kind, change, verdict;
};

struct RingPage {
  std::uint64_t run = 0;
  std::uint64_t rings = 0;  // of the run
  std::vector<RingLine> items;
  std::uint64_t total = 0;  // that the filter lets pass, on all pages
  std::string next;         // empty: this is the last page
};

// Throws Error usage for a cursor of another run or order, or one that is none. O(rings · log limit).
RingPage list_rings(const RingLines& rings, const RingQuery& query);
// O(rings).
RingFacets ring_facets(const RingLines& rings, const RingFilter& filter);
// Both, of the lines of a stored run; in memory O(limit), for no line is kept that is not shown. `facets` may be null.
RingPage list_rings(const Store& store, std::uint64_t run, const RingQuery& query, RingFacets* facets);
// The run that a cursor of any list belongs to; nothing when it is none.
std::optional<std::uint64_t> run_of_cursor(std::string_view cursor);

// Schema "ringscope.ring-line/1" (docs/schema/ring-line.schema.json), one line.
std::string line_to_json(const RingLine& line, std::uint64_t run);
// Schema "ringscope.ring-page/1": run, items, total, next, and the facets when there are some. One line.
std::string page_to_json(const RingPage& page, const RingFacets* facets = nullptr);

}  // namespace ringscope
