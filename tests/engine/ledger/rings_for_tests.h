// Rings of accounts that are numbers, and a ledger kept in memory.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/ledger/reconcile.h"
#include "engine/ledger/replay.h"

namespace ringscope {

inline std::vector<KeyHash> accounts(KeyHash first, KeyHash count) {
  std::vector<KeyHash> result;
  for (KeyHash a = first; a < first + count; ++a) result.push_back(a);
  return result;
}

inline std::vector<KeyHash> operator+(std::vector<KeyHash> a, const std::vector<KeyHash>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Named after its smallest account, as detection does.
inline NewRing ring_of(std::vector<KeyHash> members, Tier tier = Tier::review) {
  std::sort(members.begin(), members.end());
  NewRing ring{fmt::format("R-{:08x}", members.front()), tier, {}};
  for (const KeyHash account : members) ring.members.push_back({account, tier});
  return ring;
}

// What the store keeps of it, run by run.
class Ledger {
 public:
  // The ids of the rings given.
  std::vector<std::string> run(const std::vector<NewRing>& rings) {
    ++run_;
    std::vector<Standing> before;
    for (const auto& [id, standing] : standings_) before.push_back(standing);
    Reconciliation result = reconcile(before, rings, run_, static_cast<Day>(run_));
    last_ = result.events;
    for (std::size_t i = 0; i < result.events.size(); ++i) {
      result.events[i].seq = events_.size() + 1;
      events_.push_back(result.events[i]);
      result.standings[i].events.push_back(events_.size());
      standings_[result.standings[i].ring] = result.standings[i];
    }
    std::vector<std::string> ids;
    for (const auto& identity : result.identities) ids.push_back(identity.id);
    identities_ = std::move(result.identities);
    return ids;
  }
  const std::vector<RingEvent>& events() const { return events_; }     // of all runs
  const std::vector<RingEvent>& last_events() const { return last_; }  // of the last
  const std::vector<Reconciliation::Identity>& identities() const { return identities_; }
  const std::map<std::string, Standing>& standings() const { return standings_; }
  // "born R-00000001" and so on, of the last run.
  std::string told() const {
    std::string text;
    for (const RingEvent& event : last_)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", to_string(event.change), event.ring);
    return text;
  }
  const RingEvent& told_of(const std::string& ring) const { return *std::ranges::find(last_, ring, &RingEvent::ring); }

 private:
  std::uint64_t run_ = 0;
  std::vector<RingEvent> events_, last_;
  std::vector<Reconciliation::Identity> identities_;
  std::map<std::string, Standing> standings_;
};

}  // namespace ringscope
