#include "engine/ask/ring_list.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cctype>
#include <map>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "engine/ask/cursor.h"
#include "engine/detect/ring/json_parts.h"

namespace ringscope {
namespace {

using Keys = std::array<double, 3>;

double number(std::uint64_t value) { return static_cast<double>(value); }
double number(Seconds t) { return t == kNoTime ? -1e18 : static_cast<double>(t); }

// What an order compares first; equal ones are in the order of ranks.
struct Order {
  const char* name;
  double (*key)(const RingLine& line);
};
constexpr std::array<Order, 8> kOrders{{
    {"rank", [](const RingLine& line) { return static_cast<double>(line.tier); }},
    {"score", [](const RingLine& line) { return line.score; }},
    {"size", [](const RingLine& line) { return number(line.size); }},
    {"requests", [](const RingLine& line) { return number(line.requests); }},
    {"evidence", [](const RingLine& line) { return number(line.evidence_count); }},
    {"first_seen", [](const RingLine& line) { return number(line.first_seen); }},
    {"last_seen", [](const RingLine& line) { return number(line.last_seen); }},
    {"changed", [](const RingLine& line) { return number(line.changed); }},
}};

const Order& order_of(RingOrder order) { return kOrders[static_cast<std::size_t>(order)]; }

Keys keys_of(const RingLine& line, RingOrder order) {
  return {order_of(order).key(line), line.score, number(line.size)};
}

// Whether (a, id_a) stands before (b, id_b).
bool before(const Keys& a, std::string_view id_a, const Keys& b, std::string_view id_b, bool ascending) {
  if (a != b) return ascending ? a < b : b < a;
  return id_a < id_b;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : lower(text) + " ") {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  return words;
}

std::string change_of(const RingLine& line) {
  return line.change ? std::string(to_string(*line.change)) : std::string(kUnchanged);
}
std::string verdict_of(const RingLine& line) {
  return line.verdict ? std::string(to_string(*line.verdict)) : std::string(kNone);
}

template <class Range, class Value>
bool has(const Range& range, const Value& value) {
  return std::ranges::find(range, value) != range.end();
}

// The filters that stand beside facets; `others` are all that have none.
enum Filter : std::size_t { kTier, kCampaign, kKind, kChange, kVerdictWord, kOthers, kFilters };
using Failed = std::bitset<kFilters>;

class Test {
 public:
  explicit Test(const RingFilter& filter) : filter_(filter), words_(words_of(filter.text)) {}

  // The filters that a ring does not pass.
  Failed failed(const RingLine& line) const {
    Failed failed;
    failed[kTier] = !filter_.tiers.empty() && !has(filter_.tiers, line.tier);
    failed[kCampaign] = !filter_.campaigns.empty() && !has_campaign(line);
    failed[kKind] = !std::ranges::all_of(filter_.kinds, [&](const auto& kind) { return has(line.kinds, kind); });
    failed[kChange] = !filter_.changes.empty() && !has(filter_.changes, change_of(line));
    failed[kVerdictWord] = !filter_.verdicts.empty() && !has(filter_.verdicts, verdict_of(line));
    failed[kOthers] = line.size < filter_.min_size || line.size > filter_.max_size ||
                      (filter_.changed_since && line.changed <= *filter_.changed_since) || !has_words(line);
    return failed;
  }

 private:
  bool has_campaign(const RingLine& line) const {
    if (line.campaigns.empty()) return has(filter_.campaigns, kNone);
    return std::ranges::any_of(line.campaigns, [&](const auto& one) { return has(filter_.campaigns, one.first); });
  }
  bool has_words(const RingLine& line) const {
    if (words_.empty()) return true;
    std::string text = line.ring + "\n" + line.summary + "\n";
    for (const auto& [campaign, confidence] : line.campaigns) text += campaign + "\n";
    for (const std::string& kind : line.kinds) text += kind + "\n";
    text = lower(text);
    return std::ranges::all_of(words_, [&](const std::string& word) { return text.find(word) != std::string::npos; });
  }

  const RingFilter& filter_;
  std::vector<std::string> words_;
};

// The list that a cursor belongs to.
std::string list_name(const RingQuery& query) {
  return std::string("rings-") + order_of(query.order).name + (query.ascending ? "-asc" : "-desc");
}

// A page, out of lines that come one by one in any order. `Kept` is what is kept of a line that may be shown: the line,
// or where it is.
template <class Kept>
class Lister {
 public:
  Lister(const RingQuery& query, std::uint64_t run) : query_(query), test_(query.filter) {
    page_.run = run;
    if (!query.cursor.empty()) after_ = require_cursor(query.cursor, run, list_name(query));
  }

  template <class Keep>
  void add(const RingLine& line, const Keep& keep) {
    ++page_.rings;
    if (test_.failed(line).any()) return;
    ++page_.total;
    const Keys keys = keys_of(line, query_.order);
    if (after_ && !before(after_->keys, after_->last, keys, line.ring, query_.ascending)) return;
    ++left_;
    const bool full = query_.limit > 0 && best_.size() == query_.limit;
    if (full && !before(keys, line.ring, best_.front().keys, best_.front().ring, query_.ascending)) return;
    if (full) {
      std::ranges::pop_heap(best_, stands_before());
      best_.pop_back();
    }
    best_.push_back({keys, line.ring, keep(line)});
    if (query_.limit > 0) std::ranges::push_heap(best_, stands_before());
  }

  template <class Line>
  RingPage page(const Line& line_of) && {
    std::ranges::sort(best_, stands_before());
    page_.items.reserve(best_.size());
    for (Placed& one : best_) page_.items.push_back(line_of(one.kept));
    if (left_ > best_.size())
      page_.next = encode_cursor({page_.run, list_name(query_), best_.back().keys, best_.back().ring});
    return std::move(page_);
  }

 private:
  struct Placed {
    Keys keys;
    std::string ring;
    Kept kept;
  };

  auto stands_before() const {
    return
        [this](const Placed& a, const Placed& b) { return before(a.keys, a.ring, b.keys, b.ring, query_.ascending); };
  }

  const RingQuery& query_;
  Test test_;
  std::optional<Cursor> after_;
  std::vector<Placed> best_;  // with a limit, a heap with the last of them in front
  std::uint64_t left_ = 0;    // that the filter lets pass, behind the cursor
  RingPage page_;
};

}  // namespace

std::vector<std::string> ring_order_names() {
  std::vector<std::string> names;
  names.reserve(kOrders.size());
  for (const Order& order : kOrders) names.emplace_back(order.name);
  return names;
}

RingOrder parse_ring_order(std::string_view name) {
  std::string wanted(name);
  std::ranges::replace(wanted, '-', '_');
  if (wanted == "tier") return RingOrder::rank;
  for (std::size_t i = 0; i < kOrders.size(); ++i) {
    if (wanted == kOrders[i].name) return static_cast<RingOrder>(i);
  }
  throw Error(ErrorCode::usage,
              fmt::format("there is no order \"{}\"; there are {}", name, fmt::join(ring_order_names(), ", ")));
}

namespace {

// How often each value of an enumeration was met, or none; `Last` is its last one.
template <class Enum, Enum Last>
class EnumCounts {
 public:
  void add(std::optional<Enum> value) { ++counts_[value ? static_cast<std::size_t>(*value) : kNothing]; }
  RingFacets::Counts by_name(std::string_view nothing) const {
    RingFacets::Counts named;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] > 0) named[i == kNothing ? std::string(nothing) : to_string(static_cast<Enum>(i))] = counts_[i];
    }
    return named;
  }

 private:
  static constexpr std::size_t kNothing = static_cast<std::size_t>(Last) + 1;
  std::array<std::uint64_t, kNothing + 1> counts_{};
};

// The same of texts, of which there are few.
class TextCounts {
 public:
  void add(std::string_view value) {
    const auto known = std::ranges::find(counts_, value, &std::pair<std::string, std::uint64_t>::first);
    if (known == counts_.end()) {
      counts_.emplace_back(value, 1);
    } else {
      ++known->second;
    }
  }
  RingFacets::Counts by_name() const { return {counts_.begin(), counts_.end()}; }

 private:
  std::vector<std::pair<std::string, std::uint64_t>> counts_;  // as they were met
};

// Facets, out of lines that come one by one.
class FacetCounts {
 public:
  explicit FacetCounts(const RingFilter& filter) : test_(filter) {}

  void add(const RingLine& line) {
    const Failed failed = test_.failed(line);
    const auto counts = [&](Filter own) { return failed.none() || (failed.count() == 1 && failed[own]); };
    if (counts(kTier)) tiers_.add(line.tier);
    if (counts(kChange)) changes_.add(line.change);
    if (counts(kVerdictWord)) verdicts_.add(line.verdict);
    if (counts(kCampaign)) {
      if (line.campaigns.empty()) ++without_campaign_;
      for (const auto& [campaign, confidence] : line.campaigns) ++campaigns_[campaign];
    }
    // Of kinds a ring needs all, so another one is chosen among those that pass.
    if (failed.none()) {
      for (const std::string& kind : line.kinds) kinds_.add(kind);
    }
  }

  RingFacets facets() const {
    RingFacets facets{.tier = tiers_.by_name(kNone),
                      .campaign = campaigns_,
                      .kind = kinds_.by_name(),
                      .change = changes_.by_name(kUnchanged),
                      .verdict = verdicts_.by_name(kNone)};
    if (without_campaign_ > 0) facets.campaign[std::string(kNone)] += without_campaign_;
    return facets;
  }

 private:
  Test test_;
  EnumCounts<Tier, Tier::ban> tiers_;
  EnumCounts<RingChange, RingChange::regraded> changes_;
  EnumCounts<VerdictWord, VerdictWord::note> verdicts_;
  TextCounts kinds_;
  RingFacets::Counts campaigns_;
  std::uint64_t without_campaign_ = 0;
};

}  // namespace

RingPage list_rings(const RingLines& rings, const RingQuery& query) {
  Lister<const RingLine*> lister(query, rings.run);
  for (const RingLine& line : rings.lines) lister.add(line, [](const RingLine& it) { return &it; });
  return std::move(lister).page([](const RingLine* line) { return *line; });
}

RingFacets ring_facets(const RingLines& rings, const RingFilter& filter) {
  FacetCounts counts(filter);
  for (const RingLine& line : rings.lines) counts.add(line);
  return counts.facets();
}

RingPage list_rings(const Store& store, std::uint64_t run, const RingQuery& query, RingFacets* facets) {
  Lister<RingLine> lister(query, run);
  FacetCounts counts(query.filter);
  visit_ring_lines(store, run, [&](const RingLine& line) {
    lister.add(line, [](const RingLine& it) { return it; });
    if (facets != nullptr) counts.add(line);
  });
  if (facets != nullptr) *facets = counts.facets();
  return std::move(lister).page([](RingLine& line) { return std::move(line); });
}

std::optional<std::uint64_t> run_of_cursor(std::string_view cursor) {
  const std::optional<Cursor> decoded = decode_cursor(cursor);
  return decoded ? std::optional(decoded->run) : std::nullopt;
}

namespace {

Json line_json(const RingLine& line, std::uint64_t run) {
  Json campaigns = Json::array();
  for (const auto& [campaign, confidence] : line.campaigns)
    campaigns.push_back({{"campaign", campaign}, {"confidence", confidence}});
  return {{"schema", "ringscope.ring-line/1"},
          {"ring", line.ring},
          {"version", line.version},
          {"run", run},
          {"tier", to_string(line.tier)},
          {"score", line.score},
          {"size", line.size},
          {"campaign", line.campaign},
          {"confidence", line.confidence},
          {"campaigns", std::move(campaigns)},
          {"kinds", line.kinds},
          {"requests", line.requests},
          {"evidence_count", line.evidence_count},
          {"first_seen", time_json(line.first_seen)},
          {"last_seen", time_json(line.last_seen)},
          {"summary", line.summary},
          {"verdict", line.verdict ? Json(to_string(*line.verdict)) : Json(nullptr)},
          {"engine",
           line.engine ? Json{{"tier", to_string(line.engine->tier)}, {"score", line.engine->score}} : Json(nullptr)},
          {"carried", line.carried},
          {"born", line.born},
          {"changed", line.changed},
          {"change", line.change ? Json(to_string(*line.change)) : Json(nullptr)}};
}

}  // namespace

std::string line_to_json(const RingLine& line, std::uint64_t run) { return dump(line_json(line, run)); }

std::string page_to_json(const RingPage& page, const RingFacets* facets) {
  Json items = Json::array();
  for (const RingLine& line : page.items) items.push_back(line_json(line, page.run));
  Json json = {{"schema", "ringscope.ring-page/1"},
               {"run", page.run},
               {"items", std::move(items)},
               {"total", page.total},
               {"next", page.next.empty() ? Json(nullptr) : Json(page.next)}};
  if (facets != nullptr) {
    json["facets"] = {{"tier", facets->tier},
                      {"campaign", facets->campaign},
                      {"kind", facets->kind},
                      {"change", facets->change},
                      {"verdict", facets->verdict}};
  }
  return dump(json);
}

}  // namespace ringscope
