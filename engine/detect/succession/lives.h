// When accounts came, how loud they were, and when they were banned; of some, what they asked for day by day.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/detect/ring/verdict.h"
#include "engine/load/snapshot.h"

namespace ringscope {

struct DayLoad {
  Day day = kNoDay;
  std::uint64_t requests = 0;
};

// By vertex of the snapshot; nothing in it is later than the snapshot's window.
struct Lives {
  std::vector<Seconds> arrival;    // first sighting; kNoTime: none has a time
  std::vector<Seconds> last;       // last sighting
  std::vector<Seconds> banned;     // when it was said to be banned, or confirmed; kNoTime: never, or nobody said when
  std::vector<Seconds> created;    // sign-up; kNoTime: not stated
  std::vector<double> sightings;   // of all its things
  std::vector<Vertex> by_arrival;  // those with an arrival, by time, then vertex
  Seconds begin = 0, end = 0;      // first and last sighting of all
  std::unordered_map<Vertex, std::vector<DayLoad>> loads;  // of those read with read_loads(); ascending by day

  // Sightings a day, from its arrival until it was banned or last seen; a stay of less than a quarter of a day counts
  // as one. How loud accounts are among each other, from what is in memory.
  double pace(Vertex v) const;
  double pace_of(std::span<const Vertex> accounts) const;
  // Requests a day within [from, to), from whole days; a stay of less than a quarter of a day counts as one. Loads must
  // have been read.
  double daily(Vertex v, Seconds from, Seconds to) const;
  double daily_of(std::span<const Vertex> accounts, Seconds from, Seconds to) const;
  // Those who came within [from, to).
  std::span<const Vertex> arrived(Seconds from, Seconds to) const;
};

// O(edges + accounts), and the facts of all.
Lives read_lives(const Store& store, const Snapshot& snapshot, const Decisions& decisions);

// Reads the days of these accounts (ascending) in the window. A look-up each.
void read_loads(const Store& store, const Snapshot& snapshot, std::span<const Vertex> accounts, Lives& lives);

}  // namespace ringscope
