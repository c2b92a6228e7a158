// What the members of a ring did together, day by day: the timeline of its page.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/checkpoint.h"
#include "storage/store.h"

namespace ringscope {

struct RingDay {
  Day day = kNoDay;
  std::uint64_t requests = 0;
  std::uint32_t active = 0;   // members with requests
  std::uint32_t members = 0;  // that had requests on this day or before
};

// Of every day from the first with activity to the last, ascending; empty when there was none. `accounts` ascending.
// O(days of the members), a look-up for each. Throws Error corrupt, io.
std::vector<RingDay> ring_days(const Store& store, std::span<const KeyHash> accounts, const DayWindow& window,
                               const Checkpoint& check = {});

// Schema "ringscope.ring-days/1", one line: {"schema","run","ring","days","requests","active","members"}, one number a
// day; days since 1970-01-01.
std::string days_to_json(std::string_view ring, std::uint64_t run, const std::vector<RingDay>& days);

}  // namespace ringscope
