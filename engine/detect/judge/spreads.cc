#include "engine/detect/judge/spreads.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace ringscope {
namespace {

constexpr double kFarOut = 6;              // times the rate that three in four members do not exceed
constexpr std::size_t kLoudest = 50;       // of so many members one may be left out
constexpr std::size_t kLeastTrimmed = 20;  // members, for any to be

// Counts of one member by category, in any order, without repeats.
using Categories = std::vector<std::pair<std::size_t, double>>;

// F_ST by the chi-square of members against their sum: 0 when all draw from the same mix, however few they draw.
double spread_between(const std::vector<Categories>& members, std::size_t categories) {
  std::vector<double> sum(categories, 0);
  double total = 0, squares = 0, active = 0;
  for (const Categories& member : members) {
    double own = 0;
    for (const auto& [category, n] : member) {
      sum[category] += n;
      own += n;
    }
    total += own;
    squares += own * own;
    active += own > 0 ? 1 : 0;
  }
  const auto used = static_cast<double>(std::count_if(sum.begin(), sum.end(), [](double n) { return n > 0; }));
  if (active < 2 || used < 2) return 0;
  double chi_square = -total;  // sum of n^2 / expected, less the total
  for (const Categories& member : members) {
    double own = 0;
    for (const auto& [category, n] : member) own += n;
    for (const auto& [category, n] : member) chi_square += n * n / (own * sum[category] / total);
  }
  const double each = (total - squares / total) / (active - 1);  // requests a member, in the mean that matters
  if (each <= 1.5) return 0;
  return std::clamp((chi_square / ((active - 1) * (used - 1)) - 1) / (each - 1), 0.0, 1.0);
}

double rate_of(const Profile& profile) {
  return profile.requests == 0 ? 0.0 : static_cast<double>(profile.requests) / static_cast<double>(profile.days.size());
}

// All but those who are louder than kFarOut times three in four of the members: of twenty or more, one in fifty at
// most, rounded up. A variance is made by the few who are farthest out: one stranger, or one account that its operator
// lets shout, must not speak for all.
std::vector<const Profile*> without_loudest(std::span<const Profile* const> profiles) {
  std::vector<const Profile*> rest(profiles.begin(), profiles.end());
  if (rest.size() < kLeastTrimmed) return rest;
  std::stable_sort(rest.begin(), rest.end(),
                   [](const Profile* a, const Profile* b) { return rate_of(*a) < rate_of(*b); });
  const double limit = kFarOut * rate_of(*rest[3 * rest.size() / 4]);
  const std::size_t least = rest.size() - (rest.size() + kLoudest - 1) / kLoudest;
  while (rest.size() > least && rate_of(*rest.back()) > limit) rest.pop_back();
  return rest;
}

// Squared coefficient of variation of requests per active day, chance taken off.
double spread_of_rates(std::span<const Profile* const> profiles) {
  std::vector<double> rates;
  double noise = 0;
  for (const Profile* profile : profiles) {
    if (profile->requests == 0) continue;
    rates.push_back(rate_of(*profile));
    noise += rates.back() / static_cast<double>(profile->days.size());
  }
  const auto n = static_cast<double>(rates.size());
  if (n < 2) return 0;
  double mean = 0, variance = 0;
  for (const double rate : rates) mean += rate / n;
  for (const double rate : rates) variance += (rate - mean) * (rate - mean) / (n - 1);
  return std::max(0.0, (variance - noise / n) / (mean * mean));
}

}  // namespace

void add_spreads(std::span<const Profile* const> profiles, const Store& store, Traits& traits) {
  const std::optional<KindId> capability = store.find_kind("capability");
  std::map<VertexKey, std::size_t> numbers;
  std::vector<Categories> hours, asked;
  for (const Profile* profile : profiles) {
    Categories mine, mix;
    for (std::size_t h = 0; h < profile->hours.size(); ++h) {
      if (profile->hours[h] > 0) mine.emplace_back(h, static_cast<double>(profile->hours[h]));
    }
    for (const TagCount& tag : profile->tags) {
      if (!capability || tag.tag.kind != *capability || tag.count == 0) continue;
      mix.emplace_back(numbers.emplace(tag.tag, numbers.size()).first->second, static_cast<double>(tag.count));
    }
    hours.push_back(std::move(mine));
    asked.push_back(std::move(mix));
  }
  traits.hour_spread = spread_between(hours, 24);
  traits.capability_spread = spread_between(asked, numbers.size());
  traits.rate_spread = spread_of_rates(without_loudest(profiles));
}

}  // namespace ringscope
