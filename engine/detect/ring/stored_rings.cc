#include "engine/detect/ring/stored_rings.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>

#include "base/error.h"
#include "engine/detect/ring/ring_json.h"

namespace ringscope {
namespace {

// As they were stored, but by programs before.
void sort_members(Ring& ring) {
  const auto before = [](const Member& a, const Member& b) {
    return std::tuple(-a.membership, std::string_view(a.name)) < std::tuple(-b.membership, std::string_view(b.name));
  };
  if (!std::ranges::is_sorted(ring.members, before)) std::ranges::sort(ring.members, before);
}

void read_member_of(KeyHash account, std::string_view payload, Member& member) {
  read_member(payload, member);
  member.account = account;
}

// Of a run of format version 1, which has no rolls.
void look_up_members(const Store& store, Ring& ring) {
  for (Member& member : ring.members) {
    const auto stored = store.find_member(ring.run, member.account);
    if (!stored) throw Error(ErrorCode::corrupt, "a member of the ring is missing; run 'ringscope doctor'", ring.id);
    read_member_of(stored->account, stored->payload, member);
  }
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

void fill_members(const Store& store, Ring& ring, Reading reading) {
  std::size_t read = 0;
  const bool has_roll = store.visit_roll(
      ring.run, ring.id,
      [&](KeyHash account, std::string_view payload) {
        if (read < ring.members.size()) read_member_of(account, payload, ring.members[read]);
        ++read;
      },
      reading);
  if (!has_roll) look_up_members(store, ring);
  if (has_roll && read != ring.members.size())
    throw Error(ErrorCode::corrupt, "the ring and its roll do not agree; run 'ringscope doctor'", ring.id);
  sort_members(ring);
}

}  // namespace ringscope
