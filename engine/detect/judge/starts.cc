#include "engine/detect/judge/starts.h"

#include <algorithm>
#include <vector>

#include "engine/detect/judge/graded.h"

namespace ringscope {
namespace {

constexpr Seconds kOld = 14 * kSecondsPerDay;
constexpr std::size_t kLeastKnown = 30;
constexpr Day kNewDays = 2;
constexpr std::size_t kLeastRelay = 4;

// The day on which an account first asked that was old then.
std::optional<Day> late_start(const Profile& profile) {
  if (profile.facts.created == kNoTime || profile.days.empty()) return std::nullopt;
  const Day first = profile.days.front().first;
  if (Seconds{first} * kSecondsPerDay - profile.facts.created < kOld) return std::nullopt;
  return first;
}

}  // namespace

std::optional<Day> usual_start(std::span<const Profile> profiles) {
  std::vector<Day> starts;
  for (const Profile& profile : profiles) {
    if (const std::optional<Day> start = late_start(profile)) starts.push_back(*start);
  }
  if (starts.size() < kLeastKnown) return std::nullopt;
  const auto middle = starts.begin() + static_cast<std::ptrdiff_t>(starts.size() / 2);
  std::nth_element(starts.begin(), middle, starts.end());
  return *middle;
}

double woken_together(std::span<const Profile* const> profiles, const Population& population) {
  if (!population.usual_start) return 0;
  std::vector<Day> starts;
  for (const Profile* profile : profiles) {
    if (const std::optional<Day> start = late_start(*profile)) starts.push_back(*start);
  }
  if (starts.empty() || 2 * starts.size() < profiles.size()) return 0;
  std::sort(starts.begin(), starts.end());
  const double first = starts[starts.size() / 4] - *population.usual_start;
  const double span = starts[3 * starts.size() / 4] - starts[starts.size() / 4];
  return first <= 0 ? 0.0 : graded(first, 2, 5) * graded(span / first, 1, 0.5);
}

double relay_of(std::span<const Profile* const> profiles) {
  std::vector<Day> begins, ends;
  begins.reserve(profiles.size());
  ends.reserve(profiles.size());
  std::size_t fresh = 0;
  for (const Profile* profile : profiles) {
    if (profile->days.empty()) continue;
    begins.push_back(profile->days.front().first);
    ends.push_back(profile->days.back().first);
    const Seconds created = profile->facts.created;
    fresh += created != kNoTime && begins.back() - day_of(created) <= kNewDays ? 1 : 0;
  }
  if (begins.size() < kLeastRelay || 2 * fresh <= begins.size()) return 0;
  std::sort(ends.begin(), ends.end());
  std::size_t apart = 0;
  for (const Day begin : begins)
    apart += static_cast<std::size_t>(std::lower_bound(ends.begin(), ends.end(), begin) - ends.begin());
  const auto members = static_cast<double>(begins.size());
  return graded(static_cast<double>(apart) / (members * (members - 1) / 2), 0.4, 0.7) *
         graded(static_cast<double>(fresh) / members, 0.5, 0.8);
}

}  // namespace ringscope
