// Two runs' rings held side by side.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "engine/ask/read_run.h"
#include "storage/store.h"

namespace ringscope::test {

// Account -> ring and tier.
using Places = std::map<KeyHash, std::pair<std::string, Tier>>;

inline Places places_in(const Store& store, std::uint64_t run) {
  Places places;
  for (const Ring& ring : read_rings(store, run, RingParts::members)) {
    for (const Member& member : ring.members) {
      CHECK(places.emplace(member.account, std::pair(ring.id, member.tier)).second);
    }
  }
  return places;
}

// B-cubed F1 of two groupings; who is in no ring is alone. 1 of two without rings.
inline double b_cubed(const Places& a, const Places& b) {
  std::map<std::string, std::set<KeyHash>> of_a, of_b;
  for (const auto& [account, place] : a) of_a[place.first].insert(account);
  for (const auto& [account, place] : b) of_b[place.first].insert(account);
  double precision = 0, recall = 0, accounts = 0;
  const auto add = [&](KeyHash account) {
    const std::set<KeyHash> alone{account};
    const auto in_a = a.find(account), in_b = b.find(account);
    const std::set<KeyHash>& mine = in_a == a.end() ? alone : of_a.at(in_a->second.first);
    const std::set<KeyHash>& theirs = in_b == b.end() ? alone : of_b.at(in_b->second.first);
    const auto both =
        static_cast<double>(std::count_if(mine.begin(), mine.end(), [&](KeyHash one) { return theirs.contains(one); }));
    precision += both / static_cast<double>(mine.size());
    recall += both / static_cast<double>(theirs.size());
    accounts += 1;
  };
  for (const auto& [account, place] : a) add(account);
  for (const auto& [account, place] : b) {
    if (!a.contains(account)) add(account);
  }
  return accounts == 0 ? 1 : 2 * precision * recall / (precision + recall) / accounts;
}

// Only accounts of that tier or above.
inline Places flagged(const Places& all, Tier least) {
  Places some;
  for (const auto& [account, place] : all) {
    if (place.second >= least) some.emplace(account, place);
  }
  return some;
}

}  // namespace ringscope::test
