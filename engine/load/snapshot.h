// The store's rows of a window of days as one graph in memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "algorithms/bipartite_graph.h"
#include "storage/store.h"

namespace ringscope {

// An account-entity edge: all its cells in the window folded together.
struct Sighting {
  std::uint32_t count = 0;
  std::uint32_t days = 0;  // distinct days
  Seconds first = kNoTime;
  Seconds last = kNoTime;
};

struct Layer {
  KindId kind{};
  std::string name;  // layers are ordered by name, whatever the store's kind numbers
};

// Left vertex = rank of the account key, right vertex = rank of (layer, entity key): equal content, equal numbers.
struct Snapshot {
  DayWindow window;
  std::vector<KeyHash> accounts;    // ascending
  std::vector<VertexKey> entities;  // by layer, then hash ascending
  std::vector<Layer> layers;
  BipartiteArrays arrays;
  std::vector<Sighting> sightings;  // by edge number

  BipartiteGraph graph() const { return arrays.view(); }
};

struct LoadOptions {
  DayWindow window;  // default: everything
  unsigned threads = 0;
  std::size_t memory_bytes = std::size_t{4} << 30;  // Error memory when the graph would not fit
};

Snapshot load(const Store& store, const LoadOptions& options);

}  // namespace ringscope
