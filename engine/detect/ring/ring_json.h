// Rings, members and runs as JSON: what the store keeps as payloads and what `--json` and the exports print.
//
// Keys are stable, times are epoch seconds or null when unknown, doubles are the shortest text that reads back exactly.
// Not kept: Evidence::entity (kind numbers are private to a store; kind and value say the same).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/ring/ring.h"

namespace ringscope {

// One line, schema "ringscope.ring/1" (docs/schema/ring.schema.json).
std::string ring_to_json(const Ring& ring);
// Inverse of ring_to_json. Throws Error corrupt.
Ring ring_from_json(std::string_view json);

// The same without "accounts" and "members", for documents that tell a ring without its members.
std::string ring_to_json_without_members(const Ring& ring);

// As the store keeps a ring: instead of the members only their account keys. Reading it gives members that have a key
// and nothing else; of `members`, those of a ring that is done with, the memory is used again, and what they hold
// beside the key stays until somebody reads them.
std::string ring_head_to_json(const Ring& ring);
Ring ring_head_from_json(std::string_view json, std::vector<Member> members = {});

// One member, as the store keeps it. Throws Error corrupt.
std::string member_to_json(const Member& member);
Member member_from_json(std::string_view json);
// The same into a member that may hold another, whose memory is used again.
void read_member(std::string_view json, Member& member);

// The "behaviour" of a ring, for other documents that hold one.
std::string behavior_to_json(const Behavior& behavior);
// The "extraction" of a ring, for other documents that hold one.
std::string extraction_to_json(const Extraction& extraction);

// Schema "ringscope.run/1" (docs/schema/run.schema.json).
std::string run_to_json(const RunSummary& run);
// As the store keeps a run: the same with the null model of its pair test.
std::string stored_run_to_json(const RunSummary& run);
// Of either. Throws Error corrupt.
RunSummary run_from_json(std::string_view json);

}  // namespace ringscope
