// What a full run leaves for incremental ones to start from: all that detection held in memory, in plain arrays.
//
// Vertices are those of the run's own snapshot; its graphs, once read back, know of their right vertices the degrees
// only. The store keeps the bytes (Store::read_image), of the latest full run only. An image is of use to the program
// that wrote it, under the same configuration and the same lists.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "algorithms/coaction.h"
#include "engine/detect/cluster.h"
#include "engine/detect/incremental/frozen_null.h"
#include "engine/detect/profile.h"
#include "engine/detect/ring.h"
#include "engine/load/habits.h"
#include "engine/load/snapshot.h"

namespace ringscope {

// A group of the run.
struct ImageGroup {
  Group group;
  std::string ring;                     // what its content names its ring
  std::vector<std::uint64_t> requests;  // by member
  std::vector<std::uint64_t> facts;     // by member: hash of status and sign-up
  bool plain = false;                   // it is one group of `clustered`, as it came from clustering
};

struct Image {
  std::string config_hash;
  std::uint64_t lists_hash = 0;  // of the content of the operator's files and indicators
  Day last_day = kNoDay;         // of the store's data and of facts
  std::uint64_t verdicts = 0;    // how many there were
  Snapshot snapshot;             // without classes
  Habits habits;
  FrozenNull null;
  FrozenEntities entities;
  PairLinks links;                             // what sharing explains, before …
  std::vector<WeightedEdge> enriched;          // … pairs on enriched entities …
  std::vector<Coaction> coactions;             // … and accounts that act together were added
  std::vector<std::vector<Vertex>> clustered;  // groups as clustering left them
  std::vector<ImageGroup> groups;              // as they were judged
  Population population;
  RunSummary summary;
};

// Hash of what an account states about itself.
std::uint64_t facts_hash(const AccountFacts& facts);

// Calls put(bytes) for part after part.
void write_image(const Image& image, const std::function<void(std::string_view)>& put);
// Nothing for an image of another program's. Throws Error corrupt.
std::optional<Image> read_image(const Store& store);

}  // namespace ringscope
