#include "engine/ask/life/ring_days.h"

#include <algorithm>
#include <map>

#include "engine/detect/ring/json_parts.h"

namespace ringscope {

std::vector<RingDay> ring_days(const Store& store, std::span<const KeyHash> accounts, const DayWindow& window,
                               const Checkpoint& check) {
  std::map<Day, RingDay> by_day;
  std::map<Day, std::uint32_t> came;  // members by their first day
  store.visit_activity(accounts, window, [&](KeyHash, std::span<const ActivityDay> activity) {
    pass(check);
    Day first = kNoDay;
    for (const ActivityDay& one : activity) {
      if (one.day == kNoDay || one.requests == 0) continue;
      if (first == kNoDay) first = one.day;
      RingDay& day = by_day[one.day];
      day.requests += one.requests;
      ++day.active;
    }
    if (first != kNoDay) ++came[first];
  });
  std::vector<RingDay> days;
  if (by_day.empty()) return days;
  std::uint32_t members = 0;
  for (Day day = by_day.begin()->first; day <= by_day.rbegin()->first; ++day) {
    RingDay one = by_day.contains(day) ? by_day[day] : RingDay{};
    one.day = day;
    members += came.contains(day) ? came[day] : 0;
    one.members = members;
    days.push_back(one);
  }
  return days;
}

std::string days_to_json(std::string_view ring, std::uint64_t run, const std::vector<RingDay>& days) {
  Json json = {{"schema", "ringscope.ring-days/1"},
               {"run", run},
               {"ring", ring},
               {"days", Json::array()},
               {"requests", Json::array()},
               {"active", Json::array()},
               {"members", Json::array()}};
  for (const RingDay& day : days) {
    json["days"].push_back(day.day);
    json["requests"].push_back(day.requests);
    json["active"].push_back(day.active);
    json["members"].push_back(day.members);
  }
  return dump(json);
}

}  // namespace ringscope
