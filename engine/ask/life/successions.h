// What the latest run says of bans: which waves there were, and who took whose place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/detect/ring/succession.h"
#include "storage/store.h"

namespace ringscope {

// A wave of bans and one ring that took over what it cost; without a take-over once, for a wave that nobody followed.
struct Succession {
  std::string ring;  // whose members were banned
  BanWave wave;
  std::string successor;  // a ring, perhaps the same; empty: none was found
  std::optional<Handover> handover;
};

struct ReplacedAccount {
  std::string account;
  std::string ring;  // it is a member of
  Replacement replaces;
};

// By time of the wave, then ring, then successors as they gained. O(rings). Throws Error not_found without a run.
std::vector<Succession> successions(const Store& store);
// By time of the ban, then account. O(members of the run).
std::vector<ReplacedAccount> replaced_accounts(const Store& store);

// Schema "ringscope.succession/1" and "ringscope.replacement/1", one line each.
std::string succession_to_json(const Succession& succession);
std::string succession_to_json(const ReplacedAccount& replaced);

}  // namespace ringscope
