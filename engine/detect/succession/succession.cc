#include "engine/detect/succession/succession.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/detect/ring/succession_text.h"
#include "engine/detect/succession/partners.h"
#include "engine/detect/succession/tell.h"

namespace ringscope {
namespace {

constexpr double kLeastProbability = 0.5;  // of a claim about an account

RingPlaces map_of(const Snapshot& snapshot, const std::vector<Ring>& rings) {
  RingPlaces map{.members = std::vector<std::vector<Vertex>>(rings.size()),
                 .ring_of = std::vector<std::size_t>(snapshot.accounts.size(), kNoRing),
                 .suspect = std::vector<char>(snapshot.accounts.size(), 0)};
  for (std::size_t i = 0; i < rings.size(); ++i) {
    for (const Member& member : rings[i].members) {
      const auto v = snapshot.vertex_of(member.account);
      if (!v) continue;
      map.members[i].push_back(*v);
      map.ring_of[*v] = i;
      map.suspect[*v] = rings[i].tier == Tier::watch ? 0 : 1;
    }
    std::sort(map.members[i].begin(), map.members[i].end());
  }
  return map;
}

// What is claimed of an account, and by which take-over (SIZE_MAX: by reuse alone).
struct Claim {
  Reuse reuse;
  std::size_t takeover = SIZE_MAX;
};
using Claims = std::map<Vertex, Claim>;

Claims claims_of(Followers& followers, const Lives& lives, const std::vector<Wave>& waves,
                 const std::vector<Takeover>& takeovers) {
  Claims claims;
  for (std::size_t t = 0; t < takeovers.size(); ++t) {
    const Wave& wave = waves[takeovers[t].wave];
    followers.set_period(wave.first(), wave.last());
    followers.hold(wave);
    for (const Successor& one : takeovers[t].successors) {
      const auto known = claims.find(one.account);
      if (known != claims.end() && known->second.reuse.probability >= one.probability) continue;
      std::vector<ReusedVertex> things = followers.marks_of(one.account);
      // Nothing that a person could check, if not the ties of the ring.
      if (things.empty() && takeovers[t].through == kByItself) continue;
      const Vertex banned = followers.nearest_banned(wave, one.account);
      Reuse reuse{.banned = banned,
                  .account = one.account,
                  .at = lives.banned[banned],
                  .lag = one.lag,
                  .probability = one.probability,
                  .among = static_cast<std::uint32_t>(wave.members.size()),
                  .things = std::move(things)};
      claims[one.account] = {std::move(reuse), t};
    }
  }
  return claims;
}

// Reuse that is as probable as what a take-over says tells more: it names the very account.
void add_reuse(std::vector<Reuse> found, Claims& claims) {
  for (Reuse& reuse : found) {
    const auto known = claims.find(reuse.account);
    if (known != claims.end() && known->second.reuse.probability > reuse.probability) continue;
    const std::size_t takeover = known == claims.end() ? SIZE_MAX : known->second.takeover;
    const Vertex account = reuse.account;
    claims[account] = {std::move(reuse), takeover};
  }
}

// The most probable ones, as many as have a mean probability of chance of at most alpha.
void keep_probable(Claims& claims, double alpha) {
  std::vector<std::pair<double, Vertex>> chances;
  for (const auto& [account, claim] : claims) chances.emplace_back(1 - claim.reuse.probability, account);
  std::sort(chances.begin(), chances.end());
  double sum = 0;
  double most = -1;
  for (std::size_t i = 0; i < chances.size(); ++i) {
    sum += chances[i].first;
    if (sum <= alpha * static_cast<double>(i + 1)) most = chances[i].first;
  }
  most = std::min(most, 1 - kLeastProbability);
  std::erase_if(claims, [&](const auto& one) { return 1 - one.second.reuse.probability > most; });
}

// Ascending.
std::vector<Vertex> who_moved(const std::vector<Wave>& waves, const std::vector<Takeover>& takeovers) {
  std::vector<Vertex> accounts;
  for (const Wave& wave : waves) accounts.insert(accounts.end(), wave.members.begin(), wave.members.end());
  for (const Takeover& one : takeovers) {
    for (const Successor& successor : one.successors) accounts.push_back(successor.account);
  }
  std::sort(accounts.begin(), accounts.end());
  accounts.erase(std::unique(accounts.begin(), accounts.end()), accounts.end());
  return accounts;
}

BanWave wave_of(const Lives& lives, const Wave& wave) {
  BanWave told{wave.first(), wave.last(), static_cast<std::uint32_t>(wave.members.size()), 0};
  told.lost_daily = lives.daily_of(wave.members, wave.first() - 7 * kSecondsPerDay, wave.first());
  return told;
}

// What ties a partner to those who took over.
std::vector<ReusedThing> ties_of(const Teller& teller, const Takeover& takeover) {
  std::vector<Vertex> accounts;
  for (const Successor& one : takeover.successors) accounts.push_back(one.account);
  return takeover.ties.empty() ? std::vector<ReusedThing>() : teller.most_reused(takeover.ties, accounts);
}

Handover handover_of(const Teller& teller, const Takeover& takeover, const BanWave& wave, const std::string& ring,
                     const std::string& through, const std::vector<const Reuse*>& kept) {
  Handover handover{.ring = ring, .wave = wave, .p_value = takeover.p_value, .reused = {}, .reasons = {}};
  handover.accounts = static_cast<std::uint32_t>(kept.size());
  handover.gained_daily = takeover.gained;
  std::vector<Seconds> lags;
  std::vector<std::vector<ReusedVertex>> things;
  std::vector<Vertex> accounts;
  for (const Reuse* one : kept) {
    lags.push_back(one->lag);
    things.push_back(one->things);
    accounts.push_back(one->account);
    handover.probability += one->probability / static_cast<double>(kept.size());
  }
  std::nth_element(lags.begin(), lags.begin() + static_cast<std::ptrdiff_t>(lags.size() / 2), lags.end());
  handover.lag = lags[lags.size() / 2];
  handover.reused = teller.most_reused(things, accounts);
  handover.reasons = reasons_of(handover, through, ties_of(teller, takeover));
  return handover;
}

void tell_handovers(const Teller& teller, const Lives& lives, const std::vector<Wave>& waves,
                    const std::vector<Takeover>& takeovers, const Claims& claims, std::vector<Ring>& rings) {
  for (const Wave& wave : waves) rings[wave.ring].ban_waves.push_back(wave_of(lives, wave));
  for (std::size_t t = 0; t < takeovers.size(); ++t) {
    if (takeovers[t].ring == kNoRing) continue;
    std::vector<const Reuse*> kept;
    for (const auto& [account, claim] : claims) {
      if (claim.takeover == t) kept.push_back(&claim.reuse);
    }
    if (kept.empty()) continue;
    const Wave& wave = waves[takeovers[t].wave];
    const std::size_t by = takeovers[t].through;
    const std::string through = by == kByItself ? std::string() : rings[takeovers[by].ring].id;
    rings[takeovers[t].ring].succeeds.push_back(
        handover_of(teller, takeovers[t], wave_of(lives, wave), rings[wave.ring].id, through, kept));
  }
  for (Ring& ring : rings) {
    std::stable_sort(ring.succeeds.begin(), ring.succeeds.end(),
                     [](const Handover& a, const Handover& b) { return a.wave.first < b.wave.first; });
  }
}

void tell_replacements(const Teller& teller, const Snapshot& snapshot, const RingPlaces& map, const Claims& claims,
                       std::vector<Ring>& rings) {
  for (Ring& ring : rings) {
    for (Member& member : ring.members) {
      const auto v = snapshot.vertex_of(member.account);
      const auto claim = v ? claims.find(*v) : claims.end();
      if (claim == claims.end()) continue;
      const std::size_t from = map.ring_of[claim->second.reuse.banned];
      member.replaces = teller.replacement(claim->second.reuse, from == kNoRing ? "" : rings[from].id);
    }
  }
}

}  // namespace

void trace_successions(const Store& store, const Snapshot& snapshot, const Habits& habits,
                       const HabitOptions& habit_options, const SuccessionOptions& options, std::vector<Ring>& rings) {
  Lives lives = read_lives(store, snapshot, options.decisions != nullptr ? *options.decisions : Decisions());
  const bool none = std::all_of(lives.banned.begin(), lives.banned.end(), [](Seconds at) { return at == kNoTime; });
  if (none || lives.by_arrival.empty()) return;
  const RingPlaces map = map_of(snapshot, rings);
  const std::vector<Wave> waves = find_waves(lives, map.members);
  Followers followers(snapshot, habits, lives, map, options.horizon);
  const Controls controls(lives, map);
  std::vector<Takeover> takeovers = find_takeovers(followers, lives, map, controls, waves, {.alpha = options.alpha});
  for (Takeover& one : find_partners(followers, lives, map, controls, waves, takeovers, {.alpha = options.alpha}))
    takeovers.push_back(std::move(one));
  read_loads(store, snapshot, who_moved(waves, takeovers), lives);
  weigh_loads(lives, waves, takeovers);
  Claims claims = claims_of(followers, lives, waves, takeovers);
  add_reuse(find_reuse(followers.plan(), lives, map, controls, options.horizon), claims);
  keep_probable(claims, options.member_alpha);
  const Teller teller(store, snapshot, habits, habit_options);
  tell_handovers(teller, lives, waves, takeovers, claims, rings);
  tell_replacements(teller, snapshot, map, claims, rings);
}

}  // namespace ringscope
