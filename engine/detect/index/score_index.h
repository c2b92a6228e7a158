// What a run leaves behind for judging accounts that it has not seen: which rings a thing speaks for.
//
// Method   the likeness model (algorithms/likeness.h, layers of likeness_plan.h) turned around: for each thing, facet
// and
//          prompt that a ring touches, how many of its members do and how many of everybody; for each ring the rest of
//          the formula. The bits of an account against a ring are then sums over what the account touches.
// Bound    a value keeps the kMostRings rings that it is most telling of; of the others it says nothing. Hours and
//          capabilities have few values and are kept with the ring.
// Cost     O(touches of the members · log).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/config.h"
#include "engine/detect/ring/ring.h"
#include "engine/load/habits.h"
#include "engine/load/snapshot.h"

namespace ringscope {

inline constexpr std::size_t kMostRings = 64;

// An entry of the store's index, under the run.
struct IndexEntry {
  std::string key;
  std::string value;
};

struct IndexKind {
  std::string name;
  bool habit = false;  // of LikenessKind
  bool tangible = false;
};
struct IndexLayer {
  std::string name;        // "ip", "ip/net", "template", …
  std::uint32_t kind = 0;  // number of its IndexKind
  float most_bits = 0;     // of LikenessLayer
  float weight = 1;
  bool kept_with_ring = false;  // its amounts are shares: see IndexRing::habits
  double all = 0;               // amount of everybody
};
struct IndexRing {
  KeyHash member = 0;  // whose membership tells the ring's id
  Tier tier = Tier::watch;
  float score = 0;
  std::uint32_t size = 0;
  std::vector<float> amounts{};  // by layer: of its members …
  std::vector<float> others{};   // … and bits of a touch of what no member touches, 0 or less
  // By layer kept with the ring: ratio of the ring's share of a value to everybody's, ascending by value.
  std::vector<std::vector<std::pair<std::uint64_t, float>>> habits{};
};
struct IndexHead {
  std::uint64_t accounts = 0;  // of the run's window
  FacetConfig facets;          // without the operator's files
  std::vector<IndexKind> kinds;
  std::vector<IndexLayer> layers;
  std::vector<IndexRing> rings;
};

struct Posting {
  std::uint32_t ring = 0;     // number in IndexHead::rings
  std::uint32_t members = 0;  // that touch the value
  friend bool operator==(const Posting&, const Posting&) = default;
};
struct IndexedValue {
  std::uint32_t accounts = 0;       // of everybody that touch it
  bool cut = false;                 // more rings than are listed touch it
  std::vector<Posting> postings{};  // ascending by ring
  friend bool operator==(const IndexedValue&, const IndexedValue&) = default;
};

// The run's index: head, values, and prompts that stand for others. Rings that are hardly any (score below .05) are
// left out; of a ring that is looked at or banned only members count that are not in doubt themselves.
struct ScoreIndex {
  std::vector<IndexEntry> entries;
  std::vector<std::uint32_t> numbers;  // by ring: in IndexHead::rings; kNotIndexed
};
ScoreIndex index_for_scoring(const Snapshot& snapshot, const Habits& habits, const FacetConfig& facets,
                             const std::vector<Ring>& rings);

// What of the base's index is otherwise in a run over it.
struct IndexChange {
  std::uint64_t base = 0;  // the run
  // By view of the likeness plan and right vertex: 1 for what somebody touches who was seen since, or a member of a
  // ring that changed; and values that nobody touches any more, each with the number of its layer in the view.
  std::array<std::vector<char>, 2> changed;
  std::array<std::vector<std::pair<std::size_t, std::uint64_t>>, 2> gone;
};
// Only entries that differ; those without a value are gone. Kept rings (Ring::kept) have the numbers and amounts that
// they had; numbers of rings that are no more are not given again. O(edges) for what everybody touches, and what
// changed.
std::vector<IndexEntry> index_over(const Store& store, const Snapshot& snapshot, const Habits& habits,
                                   const FacetConfig& facets, const std::vector<Ring>& rings,
                                   const IndexChange& change);

std::string index_head_key();
std::string index_value_key(std::size_t layer, std::uint64_t value);
std::string index_prompt_key(KeyHash prompt);
// Throw Error corrupt.
IndexHead decode_index_head(std::string_view bytes);
IndexedValue decode_indexed_value(std::string_view bytes);
KeyHash decode_index_prompt(std::string_view bytes);

}  // namespace ringscope
