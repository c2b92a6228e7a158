// Rings of one run as given decisions make them, one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/detect/ring/verdict.h"
#include "storage/store.h"

namespace ringscope {

class RuledRings {
 public:
  // `store` and `decisions` must outlive it. O(confirmed accounts).
  RuledRings(const Store& store, const Decisions& decisions, std::uint64_t run);

  // Ids of the rings that only decisions make, ascending.
  std::vector<std::string> carried() const;
  // With its members, overruled; nothing when there is none (any more). Of `members`, those of a ring that is done
  // with, the memory is used again. O(members). Throws Error corrupt.
  std::optional<Ring> ring(const std::string& id, std::vector<Member> members = {}) const;

 private:
  std::optional<Ring> found(const std::string& id, std::vector<Member> members = {}) const;

  const Store& store_;
  const Decisions& decisions_;
  std::uint64_t run_;
  std::map<std::string, Ring> carried_;
};

}  // namespace ringscope
