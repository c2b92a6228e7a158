#include "engine/ledger/retain.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "engine/ledger/chronicle.h"

namespace ringscope {
namespace {

// Every account that ever was in a ring: it came at some time.
std::vector<KeyHash> accounts_of_ledger(const Store& store) {
  std::vector<KeyHash> accounts;
  scan_ring_events(store, [&](const RingEvent& event) {
    for (const MovedAccount& one : event.came) accounts.push_back(one.account);
  });
  std::ranges::sort(accounts);
  accounts.erase(std::unique(accounts.begin(), accounts.end()), accounts.end());
  return accounts;
}

}  // namespace

Store::Retention retain(Store& store, int days) {
  if (days < 1) throw Error(ErrorCode::usage, "at least one day must stay", "--days");
  const std::optional<DayWindow> range = store.day_range();
  if (!range) return {};
  return store.retain(range->last - days + 1, accounts_of_ledger(store));
}

}  // namespace ringscope
