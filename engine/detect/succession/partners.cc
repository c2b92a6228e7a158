#include "engine/detect/succession/partners.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace ringscope {
namespace {

constexpr double kSure = 0.5;    // least probability of a successor that speaks for others
constexpr std::size_t kFew = 3;  // fewer are no group

// The successors as if their ban had been the wave, and the take-over that they are of.
struct Held {
  std::vector<Wave> waves;
  std::vector<std::size_t> takeovers;  // parallel
};

Held hold_up(const std::vector<Wave>& waves, const std::vector<Takeover>& takeovers) {
  Held held;
  for (std::size_t t = 0; t < takeovers.size(); ++t) {
    if (takeovers[t].ring == kNoRing) continue;
    Wave wave{.ring = takeovers[t].ring, .bans = waves[takeovers[t].wave].bans, .members = {}};
    for (const Successor& one : takeovers[t].successors) {
      if (one.probability >= kSure) wave.members.push_back(one.account);
    }
    if (wave.members.size() < kFew) continue;
    held.waves.push_back(std::move(wave));
    held.takeovers.push_back(t);
  }
  return held;
}

double mean_probability(const Takeover& takeover) {
  double sum = 0;
  for (const Successor& one : takeover.successors) sum += one.probability;
  return sum / static_cast<double>(takeover.successors.size());
}

}  // namespace

std::vector<Takeover> find_partners(Followers& followers, const Lives& lives, const RingPlaces& rings,
                                    const Controls& accounts, const std::vector<Wave>& waves,
                                    const std::vector<Takeover>& takeovers, const TakeoverOptions& options) {
  const Held held = hold_up(waves, takeovers);
  std::set<std::pair<std::size_t, std::size_t>> known;  // wave, ring
  for (const Takeover& one : takeovers) known.emplace(one.wave, one.ring);
  std::vector<Takeover> found = find_takeovers(followers, lives, rings, accounts, held.waves, options);
  // The most significant one of a wave and ring.
  std::stable_sort(found.begin(), found.end(), [](const Takeover& a, const Takeover& b) {
    return std::tuple(a.p_value, -a.surplus) < std::tuple(b.p_value, -b.surplus);
  });
  std::vector<Takeover> partners;
  for (Takeover& one : found) {
    const Wave& like = held.waves[one.wave];
    const std::size_t through = held.takeovers[one.wave];
    const std::size_t wave = takeovers[through].wave;
    if (one.ring == kNoRing || one.ring == waves[wave].ring || !known.emplace(wave, one.ring).second) continue;
    followers.set_period(like.first(), like.last());
    followers.hold(like);
    const double sure = mean_probability(takeovers[through]);
    for (Successor& successor : one.successors) {
      successor.probability *= sure;
      one.ties.push_back(followers.marks_of(successor.account));
    }
    one.wave = wave;
    one.through = through;
    partners.push_back(std::move(one));
  }
  std::sort(partners.begin(), partners.end(),
            [](const Takeover& a, const Takeover& b) { return std::tie(a.wave, a.ring) < std::tie(b.wave, b.ring); });
  return partners;
}

}  // namespace ringscope
