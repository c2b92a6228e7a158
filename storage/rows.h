// What is stored of an account, in the form in which it is written and scanned: one row an account, everything in it
// mergeable, so that the order of the input, its split into files and repeated folding never show.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "storage/stated_fact.h"

namespace ringscope {

using KeyHash = std::uint64_t;            // 64-bit XXH3 of a normalised value
enum class KindId : std::uint8_t {};      // number of an entity kind in one store, see Store::kinds()
inline constexpr KindId kAccountKind{0};  // the account side

// XXH3 of the bytes, seed 0; the content key of every value.
KeyHash hash_value(std::string_view value);

struct VertexKey {
  KindId kind{};
  KeyHash hash = 0;
  friend auto operator<=>(const VertexKey&, const VertexKey&) = default;
};

// One entity seen with the account on one day. Merge: count adds, first = min, last = max.
struct Cell {
  VertexKey entity;
  Day day = kNoDay;
  std::uint32_t count = 0;  // sightings, saturating
  Seconds first = kNoTime;  // within the day; kNoTime if day is kNoDay
  Seconds last = kNoTime;
  friend auto operator<=>(const Cell&, const Cell&) = default;
};

// How often a tag was seen on a day: a capability asked for, a model asked. The names are kept as names of reserved
// kinds.
struct TagCount {
  VertexKey tag;  // kind: Store's kind number of "capability" or "model"
  std::uint64_t count = 0;
  friend auto operator<=>(const TagCount&, const TagCount&) = default;
};

// Bottom-k sketch of the templates of a day: those with the k smallest hashes, with exact counts. Being in the sketch
// of a union implies being in the sketch of each part, so merged sketches are exact (Cohen, Kaplan: bottom-k sketches,
// PODC 2007).
inline constexpr std::size_t kTemplateSketchSize = 16;
struct TemplateCount {
  KeyHash template_hash = 0;
  std::uint64_t count = 0;
  friend auto operator<=>(const TemplateCount&, const TemplateCount&) = default;
};

// What the account did on one day. Merge: everything adds, the sketch is cut to the k smallest hashes.
struct ActivityDay {
  Day day = kNoDay;
  std::uint64_t requests = 0;
  std::uint64_t tokens_in = 0;
  std::uint64_t tokens_out = 0;
  std::uint64_t templated = 0;            // requests that carried a template
  std::array<std::uint32_t, 24> hours{};  // requests by UTC hour; all zero when day is kNoDay
  std::vector<TagCount> tags;             // ascending by tag
  std::vector<TemplateCount> templates;   // ascending by hash, at most kTemplateSketchSize
  friend bool operator==(const ActivityDay&, const ActivityDay&) = default;
};

struct AccountFacts {
  Seconds created = kNoTime;  // the earliest stated sign-up
  StatedFact plan;
  StatedFact status;
  bool empty() const { return created == kNoTime && plan.empty() && status.empty(); }
  friend bool operator==(const AccountFacts&, const AccountFacts&) = default;
};
// When the plan or the status was stated last; kNoTime: never, or by lines without a time.
Seconds last_stated(const AccountFacts& facts);

struct AccountRow {
  KeyHash account = 0;
  std::vector<Cell> cells;            // ascending by (entity, day), no two of the same
  std::vector<ActivityDay> activity;  // ascending by day, no two of the same
  AccountFacts facts;
  void clear();
};

// Merge `from` into `into`; both ascending, the result too.
void merge_cells(std::vector<Cell>& into, const std::vector<Cell>& from);
void merge_activity(std::vector<ActivityDay>& into, const std::vector<ActivityDay>& from);
void merge_facts(AccountFacts& into, const AccountFacts& from);

}  // namespace ringscope
