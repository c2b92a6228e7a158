#include "engine/detect/judge/stated.h"

#include <algorithm>

#include "algorithms/binomial.h"
#include "engine/detect/judge/ban_odds.h"
#include "engine/detect/judge/starts.h"
#include "engine/load/activity.h"

namespace ringscope {
Day last_known_day(const Store& store) {
  Day last = store.day_range() ? store.day_range()->last : kNoDay;
  store.scan_facts([&](KeyHash, const AccountFacts& facts) {
    for (const Seconds time : {facts.created, last_stated(facts)}) last = std::max(last, day_of(time));
  });
  return last;
}

std::vector<Vertex> banned_accounts(const Store& store, const Snapshot& snapshot, const Decisions& decisions) {
  std::vector<Vertex> banned;
  scan_facts(store, snapshot.window, snapshot.unread(), [&](KeyHash account, const AccountFacts& facts) {
    if (facts.status.value() != "banned") return;
    if (const auto v = snapshot.vertex_of(account)) banned.push_back(*v);
  });
  for (const auto& confirmed : decisions.confirmed()) {
    if (const auto v = snapshot.vertex_of(confirmed.first)) banned.push_back(*v);
  }
  std::ranges::sort(banned);
  banned.erase(std::unique(banned.begin(), banned.end()), banned.end());
  return banned;
}

void add_stated(std::span<const Profile* const> profiles, const Population& population, Traits& traits) {
  std::vector<Seconds> created;
  std::size_t banned = 0;
  Seconds first_ban = kNoTime;
  for (const Profile* profile : profiles) {
    if (profile->facts.created != kNoTime) created.push_back(profile->facts.created);
    if (profile->facts.status.value() != "banned") continue;
    ++banned;
    const Seconds time = profile->facts.status.since();
    if (time != kNoTime && (first_ban == kNoTime || time < first_ban)) first_ban = time;
  }
  if (profiles.empty()) return;
  traits.banned = static_cast<double>(banned) / static_cast<double>(profiles.size());
  if (population.banned > 0) {
    traits.ban_chance = binomial_tail(banned, profiles.size(), population.banned);
    traits.ban_odds = ban_odds(banned, profiles.size(), population.banned);
  }
  traits.woken = woken_together(profiles, population);
  traits.relay = relay_of(profiles);
  if (2 * created.size() < profiles.size()) return;
  const auto known = static_cast<double>(created.size());
  std::sort(created.begin(), created.end());
  std::ptrdiff_t most = 0;
  for (auto begin = created.begin(), end = begin; end != created.end(); ++end) {
    while (*end - *begin > 3600) ++begin;
    most = std::max(most, end - begin + 1);
  }
  traits.signup_hour = static_cast<double>(most) / known;
  if (first_ban != kNoTime) {
    const auto after = created.end() - std::upper_bound(created.begin(), created.end(), first_ban);
    traits.renewed = static_cast<double>(after) / known;
  }
  const Seconds middle = created[3 * created.size() / 4] - created[created.size() / 4];
  traits.signup_span = static_cast<double>(middle) / kSecondsPerDay;
  if (population.signup_span && *population.signup_span > 0)
    traits.signup_share = *traits.signup_span / *population.signup_span;
}

}  // namespace ringscope
