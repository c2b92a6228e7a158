// When accounts came, what they asked for day by day, and when they were banned.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/detect/verdict.h"
#include "engine/load/snapshot.h"

namespace ringscope {

struct DayLoad {
  Day day = kNoDay;
  std::uint64_t requests = 0;
};

// By vertex of the snapshot; nothing in it is later than the snapshot's window.
struct Lives {
  std::vector<Seconds> arrival;     // first sighting; kNoTime: none has a time
  std::vector<Seconds> last;        // last sighting
  std::vector<Seconds> banned;      // when it was said to be banned, or confirmed; kNoTime: never, or nobody said when
  std::vector<Seconds> created;     // sign-up; kNoTime: not stated
  std::vector<Vertex> by_arrival;   // those with an arrival, by time, then vertex
  std::vector<std::size_t> offset;  // of an account's loads, and the end
  std::vector<DayLoad> loads;       // ascending by day
  Seconds begin = 0, end = 0;       // first and last sighting of all

  std::span<const DayLoad> loads_of(Vertex v) const {
    return std::span(loads).subspan(offset[v], offset[v + 1] - offset[v]);
  }
  // Requests a day within [from, to), from whole days; a stay of less than a quarter of a day counts as one.
  double daily(Vertex v, Seconds from, Seconds to) const;
  double daily_of(std::span<const Vertex> accounts, Seconds from, Seconds to) const;
  // Those who came within [from, to).
  std::span<const Vertex> arrived(Seconds from, Seconds to) const;
};

// O(edges + accounts + activity of the window).
Lives read_lives(const Store& store, const Snapshot& snapshot, const Decisions& decisions, unsigned threads);

}  // namespace ringscope
