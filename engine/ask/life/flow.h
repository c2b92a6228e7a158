// How rings came out of each other over the runs, out of the ledger.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger/chronicle.h"

namespace ringscope {

enum class FlowKind : std::uint8_t {
  split,   // a ring was born (or came back) out of a part of another
  merged,  // a ring retired into another
  part,    // a ring took a part of another, and both live on
  heir,    // a ring took over what a wave of bans cost another, as the latest run says; at the run of its birth
};
const char* to_string(FlowKind kind);
// What the ring that a link leads to did with the other: "out of", "took in", …
const char* words_of(FlowKind kind);

struct FlowLink {
  std::size_t from = 0, to = 0;  // positions of lanes
  std::uint64_t run = 0;
  FlowKind kind = FlowKind::split;
  std::uint64_t accounts = 0;  // that went from the one to the other; of an heir those that came
};

// One ring over the runs.
struct FlowLane {
  struct Mark {
    std::uint64_t run = 0;
    RingChange change = RingChange::born;
    std::uint64_t size = 0;  // from here on
    Tier tier = Tier::watch;
  };
  std::string ring;
  bool live = false;
  std::vector<Mark> marks;  // ascending by run, the first is its birth
};

struct Flow {
  std::uint64_t first_run = 1, last_run = 1;
  std::vector<FlowLane> lanes;     // rings that have to do with each other stand together, in the order of their births
  std::vector<std::size_t> heads;  // positions in lanes where such a family begins
  std::vector<FlowLink> links;     // ascending by run
  std::uint64_t alone = 0;         // rings that have to do with no other
};

// Of all rings that have to do with another. O(events + rings).
Flow build_flow(const Store& store);

// Schema "ringscope.ring-flow/1", one line.
std::string link_to_json(const Flow& flow, const FlowLink& link);

// As a picture; docs/ledger.md says how to read it.
std::string flow_to_svg(const Flow& flow);
std::string timeline_to_svg(const Standing& standing, const std::vector<RingEvent>& events, std::uint64_t last_run);

}  // namespace ringscope
