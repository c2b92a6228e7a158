// All rings of a run in short, as the verdicts that stand make of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/ledger/ring_line.h"
#include "storage/store.h"

namespace ringscope {

// The order of lists, ascending: by tier, score and size, descending, then by id.
inline std::tuple<int, double, std::uint64_t, std::string_view> place_in_list(Tier tier, double score,
                                                                              std::uint64_t size,
                                                                              std::string_view ring) {
  return {-static_cast<int>(tier), -score, ~size, ring};
}

struct RingLines {
  std::uint64_t run = 0;
  std::vector<RingLine> lines;  // in the order of lists, as read_rings() gives them
};

// What read_rings() says, without reading rings that nobody decided about. Holds until the store changes; can be asked
// from many threads. O(rings + what verdicts touch); of a run that kept no list (of an earlier program, or long past)
// O(rings and their members). Throws Error corrupt, io.
RingLines read_ring_lines(const Store& store, std::uint64_t run);

// The same lines, one after the other and in no order, for who does not keep them: `line` lasts until the next. In
// memory O(what verdicts touch), but of a run that kept no list O(rings and their members).
void visit_ring_lines(const Store& store, std::uint64_t run, const std::function<void(const RingLine& line)>& visit);

// The id in full of the ring with this id, or of the only one whose id begins with it. O(rings). Throws Error
// not_found, usage.
std::string full_ring_id(const Store& store, std::uint64_t run, std::string_view id);

}  // namespace ringscope
