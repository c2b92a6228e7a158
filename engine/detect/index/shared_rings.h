// Which other rings the members of a ring are linked to, and how much: what engine/ask/overlap.h tells of it, kept with
// the run for large rings.
//
// In the run's index (Store::find_index) under "shared/" and the ring's id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/detect/index/score_index.h"
#include "storage/store.h"

namespace ringscope {

struct Share {
  std::string of;     // ring or campaign
  double share = 0;   // (0, 1]
  double weight = 0;  // bits of links; weight of indicators, or 0 where the ring's shares stand in
};

// Largest first, then by name; over their sum. O(weights · log).
std::vector<Share> shares_of(const std::map<std::string, double>& weights);

// Another ring that members of this one are linked to.
struct SharedRing {
  std::string ring;
  double accounts = 0;        // sum of the members' shares in it
  std::uint64_t members = 0;  // with a share of kLeastShare or more
  friend bool operator==(const SharedRing&, const SharedRing&) = default;
};
inline constexpr double kLeastShare = 0.1;

// The members of a ring that are looked at: all, or so many at even steps.
inline constexpr std::size_t kMostLookedAt = 2000;
inline std::size_t looked_at(std::size_t members) { return members < kMostLookedAt ? members : kMostLookedAt; }
inline std::size_t place_looked_at(std::size_t i, std::size_t members) { return i * members / looked_at(members); }

// Sums shares of one member after the other.
class SharedRings {
 public:
  explicit SharedRings(std::string ring) : ring_(std::move(ring)) {}
  void add(std::span<const Share> shares);
  // Most accounts first.
  std::vector<SharedRing> list() const;

 private:
  std::string ring_;
  std::map<std::string, SharedRing> others_;
};

bool is_shared_key(std::string_view key);
IndexEntry encode_shared(std::string_view ring, std::span<const SharedRing> rings);
// As list() gave them, of a ring of the run with so many members. Nothing when the run kept none, as one of an earlier
// program, or of a ring with less than kLeastKept (engine/detect/index/ring_shape.h). One look-up. Throws Error
// corrupt.
std::optional<std::vector<SharedRing>> stored_shared(const Store& store, std::uint64_t run, std::string_view ring,
                                                     std::size_t members);

}  // namespace ringscope
