#include "engine/detect/cluster/dispatch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>

#include "algorithms/load_balance.h"
#include "algorithms/median.h"
#include "base/parallel.h"

namespace ringscope {
namespace {

constexpr std::size_t kParts = 64;
constexpr double kBinsPerOctave = 16;        // of daily counts
constexpr double kDrift = 2;                 // requests that a member may be off after all of its days …
constexpr double kDriftShare = 0.01;         // … or this share
constexpr double kMedianDeviation = 1.4826;  // standard deviations of a normal in its median deviation
constexpr int kMostGroups = 100;
constexpr std::uint32_t kMostDays = 3660;

struct Metronome {
  Vertex account = 0;
  double daily = 0;               // requests on a day between the first and the last
  std::vector<SlotCount> series;  // days from the earliest of all
  std::vector<double> totals;     // of its days between the first and the last
  std::uint32_t first_total = 0;  // day of totals.front()
};

// Wilson and Hilferty: the cube root of chi-square over its degrees of freedom is nearly normal.
double dispersion_z(double statistic, double freedom) {
  const double spread = 2 / (9 * freedom);
  return (std::cbrt(statistic / freedom) - (1 - spread)) / std::sqrt(spread);
}

double normal_lower_tail(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

// p-value of counts that vary so little, against independent requests.
double evenness_p(std::span<const double> counts) {
  double sum = 0, squares = 0;
  for (const double count : counts) {
    sum += count;
    squares += count * count;
  }
  const double mean = sum / static_cast<double>(counts.size());
  if (mean <= 0) return 1;
  return normal_lower_tail(dispersion_z((squares - sum * mean) / mean, static_cast<double>(counts.size() - 1)));
}

// Even whenever the day is taken to begin: a daily quota is even from midnight to midnight only.
bool is_even(const Metronome& one, double most_p) {
  for (std::uint32_t begin = 0; begin < kSlots; begin += kSlots / 4) {
    std::vector<double> counts(one.totals.size(), 0);
    for (const SlotCount& slot : one.series) {
      const std::uint32_t day = slot.slot < begin ? slot.day - 1 : slot.day;
      if (day >= one.first_total && day - one.first_total < counts.size()) counts[day - one.first_total] += slot.count;
    }
    if (begin > 0) counts.pop_back();  // it reaches into the last day
    if (evenness_p(counts) > most_p) return false;
  }
  return true;
}

// Variance by the hour around the account's own mean day, in units of the mean: 0 for a job by the clock.
double wander(const Metronome& one) {
  std::array<double, kSlots> sum{};
  double all = 0, squares = 0;
  for (const SlotCount& slot : one.series) {
    if (slot.day < one.first_total || slot.day - one.first_total >= one.totals.size()) continue;
    sum[slot.slot] += slot.count;
    squares += double{1} * slot.count * slot.count;
    all += slot.count;
  }
  for (const double of_slot : sum) squares -= of_slot * of_slot / static_cast<double>(one.totals.size());
  return all > 0 ? squares / all : 0;
}

std::optional<Metronome> metronome_of(Vertex account, std::span<const ActivityDay> days, Day origin,
                                      const DispatchOptions& options) {
  while (!days.empty() && days.front().day == kNoDay) days = days.subspan(1);
  if (days.empty() || days.back().day - days.front().day - 1 < static_cast<Day>(options.least_days)) return {};
  if (static_cast<std::int64_t>(days.back().day) - origin >= std::int64_t{kMostDays}) return {};
  const auto lived = static_cast<std::size_t>(days.back().day - days.front().day - 1);
  Metronome result{
      account, 0, {}, std::vector<double>(lived, 0), static_cast<std::uint32_t>(days.front().day + 1 - origin)};
  for (const ActivityDay& day : days.subspan(1, days.size() - 2)) {
    const auto requests = static_cast<double>(day.requests);
    result.totals[static_cast<std::size_t>(day.day - origin) - result.first_total] = requests;
    result.daily += requests / static_cast<double>(lived);
  }
  if (evenness_p(result.totals) > options.metronome_p) return {};  // people leave here
  for (const ActivityDay& day : days) {
    for (std::uint32_t h = 0; h < day.hours.size(); ++h) {
      if (day.hours[h] > 0) result.series.push_back({static_cast<std::uint32_t>(day.day - origin), h, day.hours[h]});
    }
  }
  if (!is_even(result, options.metronome_p) || wander(result) < options.least_wander) return {};
  return result;
}

std::vector<Metronome> find_metronomes(const Store& store, const Snapshot& snapshot, const std::vector<char>& open,
                                       Day origin, const DispatchOptions& options) {
  auto parts =
      parallel_map_chunks<std::vector<Metronome>>(kParts, 1, options.threads, [&](const Chunk& chunk, unsigned) {
        std::vector<Metronome> found;
        store.scan_activity(snapshot.window, chunk.index, kParts, [&](KeyHash key, std::span<const ActivityDay> days) {
          if (days.size() < 2) return;
          const auto at = std::lower_bound(snapshot.accounts.begin(), snapshot.accounts.end(), key);
          if (at == snapshot.accounts.end() || *at != key) return;
          const auto account = static_cast<Vertex>(at - snapshot.accounts.begin());
          if (open[account] == 0) return;
          if (auto metronome = metronome_of(account, days, origin, options)) found.push_back(std::move(*metronome));
        });
        return found;
      });
  std::vector<Metronome> all;
  for (auto& part : parts) std::move(part.begin(), part.end(), std::back_inserter(all));
  return all;
}

int bin_of(const Metronome& one) { return static_cast<int>(std::lround(kBinsPerOctave * std::log2(one.daily))); }

class Dispatchers {
 public:
  Dispatchers(std::vector<Metronome> metronomes, const DispatchOptions& options)
      : metronomes_(std::move(metronomes)), options_(options) {
    for (const Metronome& one : metronomes_)
      days_ = std::max(days_, static_cast<std::size_t>(one.series.back().day) + 1);
  }

  std::vector<Group> run() {
    std::vector<Group> groups;
    for (int round = 0; round < kMostGroups; ++round) {
      const std::vector<std::size_t> seed = commonest();
      if (seed.size() < options_.least_size) break;
      std::vector<std::size_t> members = in_step(seed);
      if (members.size() >= options_.least_size && 2 * members.size() >= seed.size() && coupled(members)) {
        Group group;
        for (const std::size_t m : members) group.members.push_back(metronomes_[m].account);
        std::sort(group.members.begin(), group.members.end());
        group.likeness = {kTraffic};
        group.member_likeness.assign(group.members.size(), MemberLikeness{.kinds = 1});
        groups.push_back(std::move(group));
      } else {
        members = seed;
      }
      for (const std::size_t m : members) metronomes_[m].totals.clear();  // done with
    }
    return groups;
  }

 private:
  // Metronomes of the commonest daily count and its neighbours.
  std::vector<std::size_t> commonest() const {
    std::map<int, std::size_t> counts;
    for (const Metronome& one : metronomes_) counts[bin_of(one)] += one.totals.empty() ? 0 : 1;
    int best = 0;
    std::size_t most = 0;
    for (const auto& [bin, count] : counts) {
      if (count > most) best = bin;
      most = std::max(most, count);
    }
    std::vector<std::size_t> seed;
    for (std::size_t m = 0; most > 0 && m < metronomes_.size(); ++m) {
      if (!metronomes_[m].totals.empty() && std::abs(bin_of(metronomes_[m]) - best) <= 1) seed.push_back(m);
    }
    return seed;
  }

  // Those who keep the seed's mean count over all of their days, by which a dispatcher never lets one fall behind,
  // while clocks of their own drift apart.
  std::vector<std::size_t> in_step(const std::vector<std::size_t>& seed) const {
    std::vector<double> sum(days_, 0), living(days_, 0);
    for (const std::size_t m : seed) {
      const Metronome& one = metronomes_[m];
      for (std::size_t d = 0; d < one.totals.size(); ++d) {
        sum[one.first_total + d] += one.totals[d];
        living[one.first_total + d] += 1;
      }
    }
    std::vector<std::size_t> members;
    for (const std::size_t m : seed) {
      const Metronome& one = metronomes_[m];
      double own = 0, usual = 0;
      for (std::size_t d = 0; d < one.totals.size(); ++d) {
        own += one.totals[d];
        usual += sum[one.first_total + d] / living[one.first_total + d];
      }
      if (std::abs(own - usual) <= std::max(kDrift, kDriftShare * usual)) members.push_back(m);
    }
    return members;
  }

  bool coupled(const std::vector<std::size_t>& members) const {
    LoadBalance balance(days_);
    for (const std::size_t m : members) balance.add(metronomes_[m].series);
    return balance.test().p_smooth <= options_.most_smooth_p || follow(members) >= options_.least_follow ||
           rhythm(members) >= options_.least_rhythm;
  }

  // Coefficient of variation of the hours of the members' mean day.
  double rhythm(const std::vector<std::size_t>& members) const {
    std::array<double, kSlots> hours{};
    double mean = 0, variance = 0;
    for (const std::size_t m : members) {
      for (const SlotCount& slot : metronomes_[m].series) hours[slot.slot] += slot.count;
    }
    for (const double hour : hours) mean += hour / static_cast<double>(kSlots);
    for (const double hour : hours) variance += (hour - mean) * (hour - mean) / static_cast<double>(kSlots);
    return mean > 0 ? std::sqrt(variance) / mean : 0;
  }

  // Variance of the mean count from day to day, by its median deviation (a failure of the service stops everybody, and
  // says nothing), over what members' own variances would make it.
  double follow(const std::vector<std::size_t>& members) const {
    std::vector<double> living(days_, 0), sum(days_, 0), squares(days_, 0), means;
    for (const std::size_t m : members) {
      const Metronome& one = metronomes_[m];
      for (std::size_t d = 0; d < one.totals.size(); ++d) {
        living[one.first_total + d] += 1;
        sum[one.first_total + d] += one.totals[d];
        squares[one.first_total + d] += one.totals[d] * one.totals[d];
      }
    }
    double expected = 0;
    for (std::size_t d = 0; d < days_; ++d) {
      if (2 * living[d] < static_cast<double>(members.size())) continue;
      const double mean = sum[d] / living[d];
      means.push_back(mean);
      expected += (squares[d] / living[d] - mean * mean) / living[d];
    }
    if (means.size() < options_.least_days) return 0;
    expected /= static_cast<double>(means.size());
    const double center = median(means);
    for (double& mean : means) mean = std::abs(mean - center);
    const double spread = kMedianDeviation * median(means);
    return expected > 0 ? spread * spread / expected : 0;
  }

  std::vector<Metronome> metronomes_;
  const DispatchOptions& options_;
  std::size_t days_ = 0;
};

}  // namespace

std::vector<Group> with_dispatched(const Store& store, const Snapshot& snapshot, std::vector<Group> groups,
                                   const DispatchOptions& options) {
  const std::optional<DayWindow> range = store.day_range();
  if (!range || snapshot.accounts.empty()) return groups;
  std::vector<char> open(snapshot.accounts.size(), 1);
  for (const Group& group : groups) {
    if (group.members.size() < options.taken_size) continue;
    for (const Vertex account : group.members) open[account] = 0;
  }
  const Day origin = std::max(range->first, snapshot.window.first);
  std::vector<Group> found = Dispatchers(find_metronomes(store, snapshot, open, origin, options), options).run();
  if (found.empty()) return groups;
  std::vector<char> claimed(snapshot.accounts.size(), 0);
  for (const Group& group : found) {
    for (const Vertex account : group.members) claimed[account] = 1;
  }
  const auto is_claimed = [&](Vertex account) { return claimed[account] != 0; };
  for (Group& group : groups) {
    if (std::erase_if(group.members, is_claimed) > 0) found.push_back(std::move(group));  // to be measured anew
  }
  std::erase_if(groups, [](const Group& group) { return group.cohesion.empty(); });
  std::erase_if(found, [](const Group& group) { return group.members.size() < 2; });
  measure_cohesion(snapshot.graph(), found, options.threads);
  std::move(found.begin(), found.end(), std::back_inserter(groups));
  return groups;
}

}  // namespace ringscope
