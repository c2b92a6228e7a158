#include "engine/ask/read_run.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/ring_json.h"

namespace ringscope {
namespace {

bool ranks_before(const Ring& a, const Ring& b) {
  return std::tuple(-static_cast<int>(a.tier), -a.score, b.members.size(), std::string_view(a.id)) <
         std::tuple(-static_cast<int>(b.tier), -b.score, a.members.size(), std::string_view(b.id));
}

void sort_members(Ring& ring) {
  std::sort(ring.members.begin(), ring.members.end(), [](const Member& a, const Member& b) {
    return std::tuple(-a.membership, std::string_view(a.name)) < std::tuple(-b.membership, std::string_view(b.name));
  });
}

// A ring that the run took over from its base is the run's.
Ring read_head(const StoredRing& stored, std::uint64_t run) {
  Ring ring = ring_head_from_json(stored.payload);
  ring.run = run;
  return ring;
}

Member read_member(const StoredMember& stored) {
  Member member = member_from_json(stored.payload);
  member.account = stored.account;
  return member;
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

// The id in full: as given, with "R-" before it, or the only one that starts so.
std::string complete_id(const Store& store, std::uint64_t run, std::string_view id) {
  std::vector<std::string> found;
  store.scan_rings(run, [&](const StoredRing& ring) {
    const std::string_view full = ring.id;
    const bool named = full.starts_with(id) || (full.starts_with("R-") && full.substr(2).starts_with(id));
    if (named && !id.empty()) found.push_back(ring.id);
  });
  if (found.empty()) {
    throw Error(ErrorCode::not_found,
                fmt::format("no ring of run {} is called \"{}\"; 'ringscope rings' lists them", run, id));
  }
  if (found.size() > 1) {
    throw Error(ErrorCode::usage, fmt::format("\"{}\" is the beginning of {} rings ({}, {}{}); write more of it", id,
                                              found.size(), found[0], found[1], found.size() > 2 ? ", …" : ""));
  }
  return found.front();
}

}  // namespace

RunSummary latest_run(const Store& store) {
  const auto run = store.latest_run();
  if (!run) throw Error(ErrorCode::not_found, "no detection yet: run 'ringscope detect'", store.path().string());
  return run_from_json(run->payload);
}

std::vector<Ring> read_rings(const Store& store, std::uint64_t run, RingParts parts) {
  std::vector<Ring> rings;
  store.scan_rings(run, [&](const StoredRing& stored) { rings.push_back(read_head(stored, run)); });
  std::sort(rings.begin(), rings.end(), ranks_before);
  if (parts == RingParts::members) fill_members(store, run, rings);
  return rings;
}

Ring find_ring(const Store& store, std::uint64_t run, std::string_view id) {
  auto stored = store.find_ring(run, id);
  if (!stored) stored = store.find_ring(run, complete_id(store, run, id));
  if (!stored)
    throw Error(ErrorCode::corrupt, "a ring that is listed cannot be found; run 'ringscope doctor'", std::string(id));
  Ring ring = read_head(*stored, run);
  fill_members(store, ring);
  return ring;
}

}  // namespace ringscope
