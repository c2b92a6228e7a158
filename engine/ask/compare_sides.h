// What is read of the members of two rings, to hold the one against the other (engine/ask/compare.h).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "engine/ask/compare.h"
#include "engine/ask/ring_members.h"

namespace ringscope {

// A thing that members of both have.
struct MetThing {
  VertexKey entity;
  std::uint32_t members_a = 0, members_b = 0;  // of those looked at
};

// One ring's members.
struct ComparedRing {
  RingHead head;
  std::vector<KeyHash> accounts;  // looked at, ascending
  std::map<VertexKey, std::uint64_t> capabilities;
  std::array<std::uint64_t, 24> hours{};
  std::uint64_t prompts = 0;  // different ones

  const Ring& ring() const { return head.ring; }
};

struct ComparedRings {
  ComparedRing a, b;
  std::vector<MetThing> things;              // in no order
  std::uint64_t prompts = 0;                 // different ones that both ask
  std::uint64_t links = 0;                   // of the run, from a member of the one to one of the other
  double strongest_link = 0;                 // bits
  std::uint64_t linked_a = 0, linked_b = 0;  // members at their ends
};

// Things, links and habits of the surest members of both, on all processors. The same at any number of them. Throws as
// compare_rings() does.
ComparedRings read_compared(const Store& store, const RunSummary& run, std::string_view a, std::string_view b,
                            const CompareOptions& options);

}  // namespace ringscope
