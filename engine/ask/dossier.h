// All that is known of one ring, but for its members: what its page shows first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/checkpoint.h"
#include "engine/ask/decisions_on.h"
#include "engine/ask/ring_members.h"
#include "engine/ask/waterfall.h"
#include "engine/detect/index/ring_shape.h"
#include "engine/ledger/ring_event.h"

namespace ringscope {

// A sub-community.
struct PartBrief {
  std::string id;  // "g1", …: as the picture calls it (engine/ask/picture.h)
  std::uint64_t members = 0;
  std::vector<std::string> accounts;  // the first by membership, at most kPartNamed
  std::vector<std::string> things;    // that most of its members have: "ip 203.0.113.7 (12)"
};

struct BridgeBrief {
  std::string kind;  // "account", or of a thing: "ip", …
  std::string value;
  std::vector<std::pair<std::string, std::uint32_t>> parts;  // id and members that it reaches, most first
  std::uint64_t joined = 0;                                  // pairs of members of different parts that meet there
  bool cut = false;                                          // without it the ring falls apart
};

struct Structure {
  std::uint64_t things = 0;      // shared inside
  std::vector<PartBrief> parts;  // largest first; one: the ring is of one piece
  std::vector<BridgeBrief> bridges;
};

struct Dossier {
  RingHead head;
  std::optional<Standing> standing{};  // nothing: the ledger does not know it; without members
  std::uint64_t latest_run = 0;
  Waterfall waterfall;
  std::vector<DecisionOn> decisions{};   // on the ring, in order of time
  std::optional<Structure> structure{};  // nothing: not asked, or the ring is larger than was to be mapped
};

struct DossierOptions {
  std::size_t most_mapped = kMostKept;  // members; of a larger ring no structure is told. 0: none at all
  Checkpoint check{};
};

// Of a run. Throws as find_ring_head() does. O(members), with a structure that the run did not keep a look-up for each.
Dossier read_dossier(const Store& store, std::uint64_t run, std::string_view id, const DossierOptions& options = {});

// Schema "ringscope.dossier/1", one line: the ring without its members, the score's waterfall, structure, history.
std::string dossier_to_json(const Dossier& dossier);

}  // namespace ringscope
