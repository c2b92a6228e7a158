// What searches say of rings: of all rings of a run the id, tier and size, and which of them share a thing.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "engine/ask/ring_lines.h"
#include "engine/detect/index/score_index.h"

namespace ringscope {

struct HitRing {
  std::string ring;
  Tier tier = Tier::watch;
  std::uint64_t size = 0;
  std::uint32_t members = 0;  // that have the thing; 0: not counted
};

// All rings of a run, in the order of lists once put_in_order() was called. Can then be asked from many threads.
class KnownRings {
 public:
  void add(const RingLine& line) { rings_.push_back({{line.ring, line.tier, line.size, 0}, line.score}); }
  void put_in_order();  // when all are known

  std::size_t size() const { return rings_.size(); }
  const HitRing& operator[](std::size_t at) const { return rings_[at].hit; }
  // Null: there is none. O(1); the first who asks makes the table, O(rings).
  const HitRing* find(std::string_view id) const;

 private:
  struct Known {
    HitRing hit;
    double score;
  };

  std::deque<Known> rings_;
  mutable std::once_flag made_;
  mutable absl::flat_hash_map<std::string_view, const HitRing*> by_id_;
};

// Things that rings share, out of the index that judges accounts online.
class ThingRings {
 public:
  // Of a run, or of none: 0. Both must outlive it. Throws Error corrupt, io.
  ThingRings(const Store& store, std::uint64_t run, const KnownRings& known);

  // At most so many, those with the most members who have the thing first. A look-up, and one for each.
  std::vector<HitRing> of(const std::string& kind, KeyHash value, std::size_t most) const;

 private:
  const Store& store_;
  std::uint64_t run_;
  const KnownRings& known_;
  IndexHead head_;
};

}  // namespace ringscope
