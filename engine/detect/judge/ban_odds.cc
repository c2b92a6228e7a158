#include "engine/detect/judge/ban_odds.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "algorithms/binomial.h"
#include "base/log_gamma.h"

namespace ringscope {
namespace {

// Shares that differ from group to group by a beta distribution.
struct Share {
  double a = 1, b = 1;
};

constexpr double kAlike = 100;      // honest groups' rates are as near each other as shares of so many accounts
constexpr double kMistaken = 0.03;  // of honest groups …
constexpr Share kAll{4, 1};         // … of which nearly all are banned
constexpr double kUnknown = 0.5;    // of operators' groups
constexpr Share kCaught{1, 4};      // the others

double log_beta(double a, double b) { return log_gamma(a) + log_gamma(b) - log_gamma(a + b); }

// ln of the chance of k of n, but for the number of ways to choose them.
double log_chance(double k, double n, const Share& share) {
  return log_beta(k + share.a, n - k + share.b) - log_beta(share.a, share.b);
}

double log_sum(double a, double b) {
  const double most = std::max(a, b);
  return most + std::log(std::exp(a - most) + std::exp(b - most));
}

}  // namespace

double ban_odds(std::size_t banned, std::size_t members, double elsewhere) {
  if (banned < 2 || banned > members) return 0;
  const auto k = static_cast<double>(banned), n = static_cast<double>(members);
  const Share everybody{elsewhere * kAlike, (1 - elsewhere) * kAlike};
  const double honest =
      log_sum(std::log(1 - kMistaken) + log_chance(k, n, everybody), std::log(kMistaken) + log_chance(k, n, kAll));
  const double odds = log_sum(std::log(kUnknown), std::log(1 - kUnknown) + log_chance(k, n, kCaught) - honest);
  return std::clamp(odds, 0.0, kMostBanOdds);
}

double usual_bans(std::span<const Group> groups, const Profiles& profiles) {
  constexpr double kBeyondChance = 1e-3;
  constexpr double kTrusted = 1000;  // accounts in groups, to be believed as much as those in none
  constexpr int kRounds = 20;
  struct Counts {
    std::size_t banned = 0, members = 0;
  };
  std::vector<Counts> counts;
  for (const Group& group : groups) {
    counts.push_back({.members = group.members.size()});
    for (const Vertex member : group.members) {
      const auto at = std::ranges::lower_bound(profiles.accounts, member) - profiles.accounts.begin();
      counts.back().banned += profiles.of[static_cast<std::size_t>(at)].facts.status.value() == "banned" ? 1U : 0U;
    }
  }
  const double elsewhere = profiles.population.banned;
  double usual = elsewhere;
  for (int round = 0; round < kRounds; ++round) {
    double banned = kTrusted * elsewhere, members = kTrusted;
    for (const Counts& group : counts) {
      if (binomial_tail(group.banned, group.members, usual) < kBeyondChance) continue;
      banned += static_cast<double>(group.banned);
      members += static_cast<double>(group.members);
    }
    const double now = std::min(elsewhere, banned / members);
    if (now == usual) break;
    usual = now;
  }
  return usual;
}

}  // namespace ringscope
