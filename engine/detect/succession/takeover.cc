#include "engine/detect/succession/takeover.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "algorithms/fdr.h"

namespace ringscope {
namespace {

constexpr std::array<Seconds, 8> kLags = {kSecondsPerDay / 4, 1 * kSecondsPerDay, 2 * kSecondsPerDay,
                                          3 * kSecondsPerDay, 4 * kSecondsPerDay, 5 * kSecondsPerDay,
                                          6 * kSecondsPerDay, 7 * kSecondsPerDay};
constexpr Seconds kRecent = kSecondsPerDay;  // a control was seen so short a time before the wave
constexpr std::size_t kShortlist = 4;        // times the controls that are wanted: the nearest in size
constexpr std::size_t kFewRings = 5;         // below: accounts are taken, too, though they grow less than rings
constexpr double kMostGain = 2;              // of what was lost
constexpr double kUnseen = 0.5;              // arrivals that none before do not rule out

std::size_t lag_class(Seconds lag) {
  return static_cast<std::size_t>(std::lower_bound(kLags.begin(), kLags.end() - 1, std::abs(lag)) - kLags.begin());
}

struct Counts {
  std::array<double, kLags.size()> after{}, before{};
};

// The largest over the horizons.
double surplus_of(const Counts& counts) {
  double after = 0, before = 0, most = 0;
  for (std::size_t k = 0; k < kLags.size(); ++k) {
    after += counts.after[k];
    before += counts.before[k];
    if (after > before) most = std::max(most, (after - before) / std::sqrt(after + before));
  }
  return most;
}

double probability_of(const Counts& counts, Seconds lag) {
  const std::size_t k = lag_class(lag);
  return std::max(0.0, 1 - (counts.before[k] + kUnseen) / (counts.after[k] + kUnseen));
}

void add_load(const Lives& lives, const Wave& wave, Takeover& takeover) {
  takeover.lost = lives.daily_of(wave.members, wave.first() - kLags.back(), wave.first());
  for (const Successor& one : takeover.successors) {
    const Seconds came = lives.arrival[one.account];
    takeover.gained += lives.daily(one.account, came, std::min(came + kLags.back(), lives.end + 1));
  }
  if (takeover.gained <= kMostGain * takeover.lost) return;
  for (Successor& one : takeover.successors) one.probability *= kMostGain * takeover.lost / takeover.gained;
}

// Where a ring took over, all of its newcomers did, though some are not like the banned by themselves: what makes them
// members speaks for them, as far as the others are like the banned.
void add_newcomers(const Lives& lives, const RingPlaces& rings, const Wave& wave, Takeover& takeover) {
  Counts counts;
  std::vector<Successor> newcomers;
  for (const Vertex v : rings.members[takeover.ring]) {
    if (lives.arrival[v] == kNoTime) continue;
    const Seconds lag = wave.lag(lives.arrival[v]);
    if (std::abs(lag) > kLags.back()) continue;
    (lag < 0 ? counts.before : counts.after)[lag_class(lag)] += 1;
    if (lag >= 0 && !std::binary_search(wave.members.begin(), wave.members.end(), v))
      newcomers.push_back({v, lag, 0, 0});
  }
  const double alike = static_cast<double>(takeover.successors.size()) / static_cast<double>(newcomers.size());
  const auto before = [](const Successor& a, const Successor& b) { return a.account < b.account; };
  for (Successor& one : newcomers) {
    one.probability = std::min(1.0, alike) * probability_of(counts, one.lag);
    const auto known = std::lower_bound(takeover.successors.begin(), takeover.successors.end(), one, before);
    if (known != takeover.successors.end() && known->account == one.account) one = *known;
  }
  takeover.successors = std::move(newcomers);
}

std::vector<Takeover> takeovers_of(Followers& followers, const RingPlaces& rings, const Wave& wave,
                                   std::size_t number) {
  std::map<std::size_t, std::pair<Counts, Takeover>> by_ring;
  for (const Follower& one : followers.of(wave)) {
    const std::size_t ring = rings.ring_of[one.account];
    auto& [counts, takeover] = by_ring[ring];
    (one.lag < 0 ? counts.before : counts.after)[lag_class(one.lag)] += 1;
    if (one.lag >= 0) takeover.successors.push_back({one.account, one.lag, one.bits, 0});
  }
  std::vector<Takeover> result;
  for (auto& [ring, found] : by_ring) {
    auto& [counts, takeover] = found;
    takeover.wave = number;
    takeover.ring = ring;
    takeover.surplus = surplus_of(counts);
    if (takeover.surplus <= 0) continue;
    for (Successor& one : takeover.successors) one.probability = probability_of(counts, one.lag);
    result.push_back(std::move(takeover));
  }
  return result;
}

// Members that were about when the wave came; none when a member was banned in the days around it.
std::vector<Vertex> present(const Lives& lives, const std::vector<Vertex>& members, const Wave& wave) {
  std::vector<Vertex> result;
  for (const Vertex v : members) {
    const Seconds banned = lives.banned[v];
    if (banned != kNoTime && banned >= wave.first() - kLags.back() && banned <= wave.last() + kLags.back()) return {};
    if (lives.arrival[v] != kNoTime && lives.arrival[v] < wave.first() && lives.last[v] >= wave.first() - kRecent)
      result.push_back(v);
  }
  return result;
}

double age_at(const Lives& lives, const std::vector<Vertex>& members, Seconds at) {
  double age = 0;
  for (const Vertex v : members)
    age += static_cast<double>(std::max<Seconds>(0, at - lives.arrival[v])) / kSecondsPerDay;
  return age / static_cast<double>(members.size());
}

struct Control {
  double distance = 0;
  std::size_t ring = 0;
  std::vector<Vertex> members;
};

bool nearer(const Control& a, const Control& b) { return std::tie(a.distance, a.ring) < std::tie(b.distance, b.ring); }

// Where there are too few rings: each of the banned replaced by an account as loud and as old.
void add_accounts(const Controls& accounts, const Wave& wave, std::size_t wanted, std::vector<Wave>& controls) {
  if (controls.size() >= kFewRings) return;
  std::vector<Wave> more(wanted - controls.size(), Wave{.ring = kNoRing, .bans = wave.bans, .members = {}});
  for (const Vertex banned : wave.members) {
    const std::vector<Vertex> like = accounts.of(banned, wave.first(), more.size());
    for (std::size_t i = 0; i < like.size(); ++i) more[i].members.push_back(like[i]);
  }
  for (Wave& one : more) {
    std::sort(one.members.begin(), one.members.end());
    one.members.erase(std::unique(one.members.begin(), one.members.end()), one.members.end());
    if (!one.members.empty()) controls.push_back(std::move(one));
  }
}

// Waves that never were: of rings as large, as old and as active as the wave's.
std::vector<Wave> controls_of(const Lives& lives, const RingPlaces& rings, const Controls& accounts, const Wave& wave,
                              std::size_t wanted) {
  const auto apart = [](double a, double b) { return std::abs(std::log2((a + 1) / (b + 1))); };
  std::vector<Control> all;
  for (std::size_t ring = 0; ring < rings.members.size(); ++ring) {
    if (ring == wave.ring) continue;
    std::vector<Vertex> members = present(lives, rings.members[ring], wave);
    if (members.size() < 2) continue;
    const double distance = apart(static_cast<double>(members.size()), static_cast<double>(wave.members.size()));
    all.push_back({distance, ring, std::move(members)});
  }
  std::sort(all.begin(), all.end(), nearer);
  if (all.size() > kShortlist * wanted) all.resize(kShortlist * wanted);
  const double pace = lives.pace_of(wave.members);
  const double age = age_at(lives, wave.members, wave.first());
  for (Control& one : all) {
    one.distance += apart(age_at(lives, one.members, wave.first()), age);
    one.distance += apart(lives.pace_of(one.members), pace);
    if (one.members.size() > wave.members.size()) one.members.resize(wave.members.size());
  }
  std::sort(all.begin(), all.end(), nearer);
  if (all.size() > wanted) all.resize(wanted);
  std::vector<Wave> controls;
  for (Control& one : all) controls.push_back({one.ring, wave.bans, std::move(one.members)});
  add_accounts(accounts, wave, wanted, controls);
  return controls;
}

void keep_significant(std::vector<Takeover>& found, std::vector<double> null, double alpha) {
  std::sort(null.begin(), null.end());
  std::vector<CountedPValue> p_values;
  for (Takeover& one : found) {
    const auto above = null.end() - std::lower_bound(null.begin(), null.end(), one.surplus);
    one.p_value = static_cast<double>(1 + above) / static_cast<double>(1 + null.size());
    p_values.push_back({one.p_value, 1});
  }
  const auto most = fdr_threshold(p_values, p_values.size(), {.alpha = alpha});
  std::erase_if(found, [&](const Takeover& one) { return !most || one.p_value > *most; });
}

}  // namespace

std::vector<Takeover> find_takeovers(Followers& followers, const Lives& lives, const RingPlaces& rings,
                                     const Controls& accounts, const std::vector<Wave>& waves,
                                     const TakeoverOptions& options) {
  std::vector<Takeover> found;
  std::vector<double> null;  // of each control the largest surplus of any ring
  for (std::size_t w = 0; w < waves.size(); ++w) {
    followers.set_period(waves[w].first(), waves[w].last());
    std::vector<Takeover> mine = takeovers_of(followers, rings, waves[w], w);
    if (mine.empty()) continue;
    std::move(mine.begin(), mine.end(), std::back_inserter(found));
    for (const Wave& control : controls_of(lives, rings, accounts, waves[w], options.controls)) {
      double most = 0;
      for (const Takeover& one : takeovers_of(followers, rings, control, w)) most = std::max(most, one.surplus);
      null.push_back(most);
    }
  }
  if (!found.empty()) keep_significant(found, std::move(null), options.alpha);
  for (Takeover& one : found) {
    if (one.ring != kNoRing) add_newcomers(lives, rings, waves[one.wave], one);
    std::erase_if(one.successors, [](const Successor& of) { return of.probability <= 0; });
  }
  return found;
}

void weigh_loads(const Lives& lives, const std::vector<Wave>& waves, std::vector<Takeover>& takeovers) {
  for (Takeover& one : takeovers) add_load(lives, waves[one.wave], one);
}

}  // namespace ringscope
