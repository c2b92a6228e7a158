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
#include "algorithms/consequences.h"
#include "engine/detect/cluster/clearing.h"
#include "engine/detect/incremental/frozen_null.h"
#include "engine/detect/judge/profile.h"
#include "engine/detect/judge/seeding.h"
#include "engine/detect/project/cluster.h"
#include "engine/detect/ring/ring.h"
#include "engine/load/habits.h"
#include "engine/load/snapshot.h"

namespace ringscope {

struct ImageMember {
  KeyHash account = 0;
  double membership = 0;
  double score = 0;
  std::uint64_t tier = 0;
};

// A ring of the run as it was published.
struct ImageRing {
  std::string id;  // in the ledger
  std::uint32_t version = 1;
  std::vector<std::string> parents;
  Tier tier = Tier::watch;
  double score = 0;
  std::vector<ImageMember> members;    // in the ring's order
  std::uint32_t number = kNotIndexed;  // in the index for scoring
  std::uint64_t successions = 0;       // successions_hash()
  bool decided = false;                // verdicts stood for it or for a member
  bool attributed = false;             // campaigns are listed
};

// A group of the run.
struct ImageGroup {
  Group group;
  std::string name;                     // what its content names its ring
  std::vector<std::uint64_t> requests;  // by member
  std::vector<std::uint64_t> facts;     // by member: hash of status and sign-up
  std::vector<Seed> seeds;              // who joined its ring for what they share with confirmed members
  bool plain = false;                   // it is one group of `clustered`, as it came from clustering
  ImageRing ring;
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
  Consequences consequences;                   // of things; empty: nothing follows from another
  PairLinks links;                             // what sharing explains, before …
  std::vector<WeightedEdge> enriched;          // … pairs on enriched entities …
  std::vector<Coaction> coactions;             // … and accounts that act together were added …
  LinkChanges changes;                         // … and before what people cleared changed them so
  std::vector<std::vector<Vertex>> clustered;  // groups as clustering left them
  std::vector<ImageGroup> groups;              // as they were judged
  std::vector<ImageRing> carried;              // rings of no group: accounts that people confirmed
  Population population;
  RunSummary summary;
};

// Of bans, successions and replacements as the ring says them; of none 0.
std::uint64_t successions_hash(const Ring& ring);

// Hash of what an account states about itself.
std::uint64_t facts_hash(const AccountFacts& facts);

// Calls put(bytes) for part after part.
void write_image(const Image& image, const std::function<void(std::string_view)>& put);
// Nothing for an image of another program's. Throws Error corrupt.
std::optional<Image> read_image(const Store& store);

}  // namespace ringscope
