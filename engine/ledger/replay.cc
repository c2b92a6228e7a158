#include "engine/ledger/replay.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/error.h"

namespace ringscope {
namespace {

[[noreturn]] void refuse(const RingEvent& event, const char* why) {
  throw Error(ErrorCode::corrupt,
              fmt::format("event {} of {} does not follow the one before: {}; run 'ringscope doctor'", event.seq,
                          event.ring, why));
}

// Both ascend; every one of `gone` must be there.
void take(const RingEvent& event, RingVersion& ring) {
  auto gone = event.went.begin();
  std::erase_if(ring.members, [&](const LedgerMember& member) {
    if (gone == event.went.end() || gone->account != member.account) return false;
    ++gone;
    return true;
  });
  if (gone != event.went.end()) refuse(event, "an account went that was not there");
}

void regrade(const RingEvent& event, RingVersion& ring) {
  auto at = ring.members.begin();
  for (const RegradedAccount& one : event.regraded) {
    at = std::ranges::lower_bound(at, ring.members.end(), one.account, {}, &LedgerMember::account);
    if (at == ring.members.end() || at->account != one.account) refuse(event, "an account changed that was not there");
    at->tier = one.after;
  }
}

void bring(const RingEvent& event, RingVersion& ring) {
  std::vector<LedgerMember> members;
  members.reserve(ring.members.size() + event.came.size());
  std::vector<LedgerMember> came;
  came.reserve(event.came.size());
  for (const MovedAccount& one : event.came) came.push_back({one.account, one.tier});
  std::ranges::merge(ring.members, came, std::back_inserter(members), {}, &LedgerMember::account,
                     &LedgerMember::account);
  if (std::ranges::adjacent_find(members, {}, &LedgerMember::account) != members.end())
    refuse(event, "an account came that was there");
  ring.members = std::move(members);
}

}  // namespace

void apply(const RingEvent& event, RingVersion& ring) {
  if (event.version != ring.version + 1) refuse(event, "a version is missing");
  take(event, ring);
  regrade(event, ring);
  bring(event, ring);
  if (event.size != ring.members.size()) refuse(event, "the size is another");
  ring.version = event.version;
  ring.run = event.run;
  ring.day = event.day;
  if (event.tier) ring.tier = *event.tier;
}

std::map<std::string, RingVersion> replay(std::span<const RingEvent> events) {
  std::map<std::string, RingVersion> rings;
  for (const RingEvent& event : events) apply(event, rings[event.ring]);
  return rings;
}

}  // namespace ringscope
