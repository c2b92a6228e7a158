// Which accounts of a window touch an indicator.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/load/address_table.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope {

// An indicator whoever lists it; normalised (engine/detect/attribute/indicator_kinds.h).
struct IndicatorName {
  std::string kind;
  std::string value;
};

struct IndicatorUsers {
  std::uint32_t population = 0;     // accounts of the window that touch it; of a network or domain, the union
  std::vector<Vertex> interesting;  // of them, ascending, those asked about
};

// For each of `names`. is_interesting has a flag for each account of the snapshot. Prompts are those of the accounts'
// sketches, so one of many prompts of an account may be missed. Of a network that several systems announce, the
// table knows one. Autonomous systems without a table (null), and hours always, have no users.
// O(names of addresses, payments and mails if networks, systems, issuers or domains are among them; activity if prompts
// are)
// + O(users).
std::vector<IndicatorUsers> find_indicator_users(const Store& store, const Snapshot& snapshot,
                                                 std::span<const IndicatorName> names,
                                                 std::span<const char> is_interesting, const AddressTable* systems,
                                                 unsigned threads);

}  // namespace ringscope
