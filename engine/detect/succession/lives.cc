#include "engine/detect/succession/lives.h"

#include <algorithm>
#include <utility>

namespace ringscope {
namespace {

constexpr double kLeastStay = 0.25;  // days

void read_sightings(const Snapshot& snapshot, Lives& lives) {
  const BipartiteGraph graph = snapshot.graph();
  std::vector<std::pair<Seconds, Vertex>> order;
  for (Vertex v = 0; v < graph.left_count(); ++v) {
    for (ArcIndex e = graph.left_begin(v); e < graph.left_begin(v) + graph.left_degree(v); ++e) {
      const Sighting& seen = snapshot.sightings[e];
      lives.sightings[v] += static_cast<double>(seen.count);
      if (seen.first == kNoTime) continue;
      if (lives.arrival[v] == kNoTime || seen.first < lives.arrival[v]) lives.arrival[v] = seen.first;
      lives.last[v] = std::max(lives.last[v], seen.last);
    }
    if (lives.arrival[v] != kNoTime) order.emplace_back(lives.arrival[v], v);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [arrival, v] : order) lives.by_arrival.push_back(v);
}

void read_facts(const Store& store, const Snapshot& snapshot, Lives& lives) {
  Vertex v = 0;  // both ascend
  scan_facts(store, snapshot.window, snapshot.unread(), [&](KeyHash account, const AccountFacts& facts) {
    while (v < snapshot.accounts.size() && snapshot.accounts[v] < account) ++v;
    if (v == snapshot.accounts.size() || snapshot.accounts[v] != account) return;
    lives.created[v] = facts.created;
    const Seconds since = facts.status.since();
    const bool known = facts.status.value() == "banned" && since != kNoTime;
    if (known && snapshot.window.contains(day_of(since))) lives.banned[v] = since;
  });
}

// Whom people confirmed is banned from then on, if the log does not say since when.
void read_confirmed(const Snapshot& snapshot, const Decisions& decisions, Lives& lives) {
  for (const auto& [account, verdict] : decisions.confirmed()) {
    const auto v = snapshot.vertex_of(account);
    if (v && lives.banned[*v] == kNoTime && snapshot.window.contains(day_of(verdict->given)))
      lives.banned[*v] = verdict->given;
  }
}

}  // namespace

double Lives::pace(Vertex v) const {
  const Seconds until = banned[v] == kNoTime ? last[v] : banned[v];
  const double stay = static_cast<double>(until + 1 - arrival[v]) / static_cast<double>(kSecondsPerDay);
  return sightings[v] / std::max(kLeastStay, stay);
}

double Lives::pace_of(std::span<const Vertex> accounts) const {
  double sum = 0;
  for (const Vertex v : accounts) sum += pace(v);
  return sum;
}

double Lives::daily(Vertex v, Seconds from, Seconds to) const {
  const auto read = loads.find(v);
  if (read == loads.end()) return 0;
  double requests = 0;
  for (const DayLoad& load : read->second) {
    const double inside =
        static_cast<double>(std::min(to, start_of_day(load.day + 1)) - std::max(from, start_of_day(load.day)));
    if (inside <= 0) continue;
    const Seconds lived_from = std::max(arrival[v], start_of_day(load.day));
    const Seconds lived_to = std::min(banned[v] == kNoTime ? kMaxTime : banned[v], start_of_day(load.day + 1));
    const double lived = static_cast<double>(std::max<Seconds>(1, lived_to - lived_from));
    requests += static_cast<double>(load.requests) * std::min(1.0, inside / lived);
  }
  const double stay = static_cast<double>(to - std::max(from, arrival[v])) / static_cast<double>(kSecondsPerDay);
  return requests / std::max(kLeastStay, stay);
}

double Lives::daily_of(std::span<const Vertex> accounts, Seconds from, Seconds to) const {
  double sum = 0;
  for (const Vertex v : accounts) sum += daily(v, from, to);
  return sum;
}

std::span<const Vertex> Lives::arrived(Seconds from, Seconds to) const {
  const auto at = [&](Seconds time) {
    return std::lower_bound(by_arrival.begin(), by_arrival.end(), time,
                            [&](Vertex v, Seconds t) { return arrival[v] < t; });
  };
  return {at(from), std::max(at(from), at(to))};
}

Lives read_lives(const Store& store, const Snapshot& snapshot, const Decisions& decisions) {
  Lives lives;
  const std::size_t accounts = snapshot.accounts.size();
  lives.arrival.assign(accounts, kNoTime);
  lives.last.assign(accounts, kNoTime);
  lives.banned.assign(accounts, kNoTime);
  lives.created.assign(accounts, kNoTime);
  lives.sightings.assign(accounts, 0);
  read_sightings(snapshot, lives);
  read_facts(store, snapshot, lives);
  read_confirmed(snapshot, decisions, lives);
  if (lives.by_arrival.empty()) return lives;
  lives.begin = lives.arrival[lives.by_arrival.front()];
  lives.end = *std::max_element(lives.last.begin(), lives.last.end());
  return lives;
}

void read_loads(const Store& store, const Snapshot& snapshot, std::span<const Vertex> accounts, Lives& lives) {
  std::vector<KeyHash> keys;
  for (const Vertex v : accounts) keys.push_back(snapshot.accounts[v]);
  visit_activity(store, snapshot.window, snapshot.unread(), keys,
                 [&](KeyHash account, std::span<const ActivityDay> days) {
                   std::vector<DayLoad>& loads = lives.loads[*snapshot.vertex_of(account)];
                   loads.clear();
                   for (const ActivityDay& day : days) {
                     if (day.day != kNoDay) loads.push_back({day.day, day.requests});
                   }
                 });
}

}  // namespace ringscope
