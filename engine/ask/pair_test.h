// The pair test of a run, told: which part of it two accounts without a link failed, and by how much.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/why_not.h"

namespace ringscope {

inline constexpr std::size_t kWhyNotDetails = 5;  // things or findings named

// "1 thing", "2 things"
std::string plural(std::uint64_t n, std::string_view one, std::string_view many);
// Names the first things, those worth most first, in the details.
void add_things(const RunView& view, std::vector<Thing> things, WhyNot& result);
// O(things of both), and the tails up to what would have sufficed.
WhyNot test_pair(const RunView& view, const AccountThings& a, const AccountThings& b);

}  // namespace ringscope
