// The JSON of plain members, read and written without a tree: runs have a million of them.
#pragma once

#include <string>
#include <string_view>

#include "engine/detect/ring/ring.h"

namespace ringscope {

// Appends the member as member_json() of engine/detect/ring/ring_json.cc is dumped. False, and nothing is appended, for
// one that took somebody's place or that people decided about.
bool append_plain_member(std::string& out, const Member& member);

// Inverse for what it appended, but for texts with a backslash. Into a member that may hold another, whose memory is
// used again. False for anything else and for what is damaged; the member then holds anything.
bool read_plain_member(std::string_view json, Member& member);

}  // namespace ringscope
