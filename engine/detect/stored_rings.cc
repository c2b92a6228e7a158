#include "engine/detect/stored_rings.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "base/error.h"
#include "engine/detect/ring_json.h"

namespace ringscope {
namespace {

void sort_members(Ring& ring) {
  std::sort(ring.members.begin(), ring.members.end(), [](const Member& a, const Member& b) {
    return std::tuple(-a.membership, std::string_view(a.name)) < std::tuple(-b.membership, std::string_view(b.name));
  });
}

Member read_member(const StoredMember& stored) {
  Member member = member_from_json(stored.payload);
  member.account = stored.account;
  return member;
}

}  // namespace

std::vector<Ring> stored_rings(const Store& store, std::uint64_t run) {
  std::vector<Ring> rings;
  store.scan_rings(run, [&](const StoredRing& stored) {
    rings.push_back(ring_head_from_json(stored.payload));
    rings.back().run = run;  // a run over a base shows the base's
  });
  return rings;
}

std::optional<Ring> stored_ring(const Store& store, std::uint64_t run, std::string_view id) {
  const auto stored = store.find_ring(run, id);
  if (!stored) return std::nullopt;
  Ring ring = ring_head_from_json(stored->payload);
  ring.run = run;
  return ring;
}

void fill_members(const Store& store, std::uint64_t run, std::vector<Ring>& rings) {
  std::unordered_map<std::string, Ring*> by_id;
  for (Ring& ring : rings) {
    by_id.emplace(ring.id, &ring);
    ring.members.clear();
  }
  store.scan_members(run, [&](const StoredMember& stored) {
    if (const auto ring = by_id.find(stored.ring); ring != by_id.end()) {
      ring->second->members.push_back(read_member(stored));
    }
  });
  for (Ring& ring : rings) sort_members(ring);
}

void fill_members(const Store& store, Ring& ring) {
  for (Member& member : ring.members) {
    const auto stored = store.find_member(ring.run, member.account);
    if (!stored) throw Error(ErrorCode::corrupt, "a member of the ring is missing; run 'ringscope doctor'", ring.id);
    member = read_member(*stored);
  }
  sort_members(ring);
}

}  // namespace ringscope
