// The files of a world: events in time order, day by day, and the truth beside them.
#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/lab/world/world.h"

namespace ringscope::world {

struct Written {
  std::uint64_t requests = 0;  // lines but for those that say "banned"
  std::uint64_t bytes = 0;
};

// Writes events.jsonl or events.csv. Throws Error io, no_space.
Written write_events(const World& world, const std::filesystem::path& file);

// truth.csv, successions.csv, pool_successions.csv (where pools fail over), indicators.json and world.json. Throws
// Error io, no_space.
void write_truth(const World& world, const std::filesystem::path& directory, const Written& written);

}  // namespace ringscope::world
