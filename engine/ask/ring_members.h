// One ring without reading all its members, and its members a page at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/ring/ring.h"
#include "engine/detect/ring/verdict.h"
#include "storage/store.h"

namespace ringscope {

// A ring as the verdicts that stand make of it, and its members in short, in the order of its page (membership,
// descending, then name): each has account, membership, score, tier, verdict and engine, and no name, reasons or the
// like until read_members() is asked for them.
struct RingHead {
  Ring ring;
  bool short_members = false;          // what the members in short have is there; else they have their account only
  std::vector<std::uint32_t> by_name;  // with short_members: each member's place by name
};

// The ring of a run with this id, or the only one whose id starts with it; without its members' details unless they are
// few. O(members), no look-up for each. Throws Error not_found (none), usage (several), corrupt.
RingHead find_ring_head(const Store& store, std::uint64_t run, std::string_view id);

enum class MemberOrder { membership, score, account, verdict };
std::vector<std::string> member_order_names();
// Throws Error usage.
MemberOrder parse_member_order(std::string_view name);

struct MembersQuery {
  MemberOrder order =
      MemberOrder::membership;  // the greatest first; accounts by name, ascending; verdicts: decided ones
  bool reversed = false;
  std::vector<Tier> tiers{};  // empty: all
  std::size_t limit = 100;    // 0: all
  std::string cursor{};       // MembersPage::next; empty: the first page
};

struct MembersPage {
  std::string ring;
  std::uint64_t run = 0;
  std::vector<Member> items;
  std::uint64_t total = 0;  // of these tiers
  std::string next;         // empty: the last page
};

// Reads the members of the page only (all of them where the run kept no list of members in short). O(members · log + a
// look-up for each on the page). Throws Error usage for a cursor of another list, corrupt.
MembersPage list_members(const Store& store, const RingHead& head, const MembersQuery& query);

// Of these positions of head.ring.members, in full. Throws Error corrupt.
std::vector<Member> read_members(const Store& store, const RingHead& head, std::span<const std::uint32_t> positions);

// Schema "ringscope.members/1", one line.
std::string members_to_json(const MembersPage& page);

}  // namespace ringscope
