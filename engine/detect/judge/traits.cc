#include "engine/detect/judge/traits.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "algorithms/load_balance.h"
#include "algorithms/median.h"
#include "engine/detect/judge/graded.h"
#include "engine/detect/judge/places.h"
#include "engine/detect/judge/spreads.h"
#include "engine/detect/judge/stated.h"

namespace ringscope {
namespace {

constexpr double kLeastConnected = 0.5;     // of the members, held together by things, for these to be evidence
constexpr double kMostlyOthers = 0.5;       // of the requests, for the prompts to be others'
constexpr double kMostOutside = 2;          // users of a group's own template outside it, for each inside …
constexpr double kOthers = 5;               // … and of one that is others'
constexpr double kLeastCoverage = 1.0 / 3;  // of the members, for a layer to count as evidence of its own

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0.0; }

// -- what is shared

void add_sharing(const Snapshot& snapshot, const GroupEvidence& evidence, Traits& traits) {
  std::vector<const LayerSharing*> binding;
  for (const LayerSharing& layer : evidence.layers) {
    // What binds households, or customers, inside a group is no evidence of the group.
    if (layer.coverage >= kLeastCoverage && evidence.connected >= kLeastConnected) binding.push_back(&layer);
    const std::string& name = snapshot.layers[layer.layer].name;
    if (layer.users == 0) continue;
    if (name == "payment") {
      traits.shares_payment = layer.coverage >= kLeastCoverage;
      traits.payers = static_cast<double>(layer.entities) / layer.users;
      traits.paying = ratio(layer.users, static_cast<double>(traits.size));
      traits.payer_reach = of_known(layer.reach, traits.paying);
      traits.payer_outside = layer.reach_outside;
    }
    if (name == kAddresses) {
      traits.addresses = static_cast<double>(layer.entities) / layer.users;
      traits.address_reach = layer.reach;
      traits.common_addresses = layer.common;
    }
    if (name == kDevices) traits.client_reach = layer.reach;
  }
  std::stable_sort(binding.begin(), binding.end(),
                   [](const LayerSharing* a, const LayerSharing* b) { return a->coverage > b->coverage; });
  double weight = 0;
  for (const LayerSharing* layer : binding) {
    traits.kinds.push_back(layer->layer);
    traits.exclusivity += layer->coverage * layer->exclusivity;
    weight += layer->coverage;
  }
  traits.exclusivity = ratio(traits.exclusivity, weight);
  if (binding.size() >= 2) traits.coverage = binding[1]->coverage;
  traits.connected = evidence.connected;
  traits.interlocked = evidence.interlocked;
  traits.met_once = evidence.met_once;
}

// Of what is shared, and of what members are alike in beside it.
void count_kinds(const Snapshot& snapshot, Traits& traits) {
  const auto nothing_but = [&](std::string_view one, std::string_view other) {
    const auto is_either = [&](std::string_view kind) { return kind == one || kind == other; };
    return traits.evidence_kinds() > 0 && std::ranges::all_of(traits.likeness, is_either) &&
           std::ranges::all_of(traits.kinds, [&](std::size_t k) { return is_either(snapshot.layers[k].name); });
  };
  traits.tools_alone = traits.payers && nothing_but(kDevices, kPrompts);
  traits.places_alone = !traits.likeness.empty() && nothing_but(kAddresses, kPrompts);
  traits.likeness_alone = static_cast<std::size_t>(std::ranges::count_if(traits.likeness, [&](const std::string& kind) {
    return std::ranges::none_of(traits.kinds, [&](std::size_t k) { return snapshot.layers[k].name == kind; });
  }));
}

// -- what is done

void add_hours(std::span<const Profile* const> profiles, Traits& traits) {
  std::array<double, 24> hours{};
  double total = 0, weekend = 0;
  for (const Profile* profile : profiles) {
    for (std::size_t h = 0; h < hours.size(); ++h) hours[h] += static_cast<double>(profile->hours[h]);
    weekend += static_cast<double>(profile->weekend);
    total += static_cast<double>(profile->requests);
  }
  traits.active_hours =
      static_cast<int>(std::count_if(hours.begin(), hours.end(), [&](double h) { return h >= 0.01 * total; }));
  double fullest = 0;
  for (std::size_t h = 0; h < hours.size(); ++h)
    fullest = std::max(fullest, hours[h] + hours[(h + 1) % hours.size()] + hours[(h + 2) % hours.size()]);
  traits.slot = ratio(fullest, total);
  traits.weekend_share = ratio(weekend, total);
}

// Requests by day of all members, over the days on which any was active.
struct DayTotals {
  std::vector<Day> days;
  std::vector<double> requests;

  std::size_t index(Day day) const {
    return static_cast<std::size_t>(std::lower_bound(days.begin(), days.end(), day) - days.begin());
  }
};

DayTotals day_totals(std::span<const Profile* const> profiles) {
  DayTotals totals;
  for (const Profile* profile : profiles) {
    for (const auto& [day, requests] : profile->days) totals.days.push_back(day);
  }
  std::sort(totals.days.begin(), totals.days.end());
  totals.days.erase(std::unique(totals.days.begin(), totals.days.end()), totals.days.end());
  totals.requests.resize(totals.days.size());
  for (const Profile* profile : profiles) {
    for (const auto& [day, requests] : profile->days)
      totals.requests[totals.index(day)] += static_cast<double>(requests);
  }
  return totals;
}

// Cosine of one member's days with those of the others.
double synchrony_of(const Profile& profile, const DayTotals& totals, double squares) {
  double dot = 0, own = 0, rest = squares;
  for (const auto& [day, requests] : profile.days) {
    const double all = totals.requests[totals.index(day)];
    const auto mine = static_cast<double>(requests);
    dot += mine * (all - mine);
    own += mine * mine;
    rest += (all - mine) * (all - mine) - all * all;
  }
  return own > 0 && rest > 0 ? dot / std::sqrt(own * rest) : 0.0;
}

void add_days(std::span<const Profile* const> profiles, Traits& traits) {
  const DayTotals totals = day_totals(profiles);
  double squares = 0, sum = 0, busiest = 0;
  for (const double requests : totals.requests) {
    squares += requests * requests;
    sum += requests;
    busiest = std::max(busiest, requests);
  }
  std::vector<double> daily, member_days;
  double synchrony = 0;
  for (const Profile* profile : profiles) {
    if (profile->requests == 0) continue;
    daily.push_back(static_cast<double>(profile->requests) / static_cast<double>(profile->days.size()));
    member_days.push_back(static_cast<double>(profile->days.size()));
    synchrony += synchrony_of(*profile, totals, squares);
  }
  traits.synchrony = ratio(synchrony, static_cast<double>(daily.size()));
  traits.daily_requests = median(daily);
  traits.member_days = median(member_days);
  traits.active_days = static_cast<std::uint32_t>(totals.days.size());
  traits.busiest_day = ratio(busiest, sum);
  double fullest = 0;
  for (std::size_t first = 0; first < totals.days.size(); ++first) {
    double together = 0;
    for (std::size_t d = first; d < totals.days.size() && totals.days[d] < totals.days[first] + 3; ++d)
      together += totals.requests[d];
    fullest = std::max(fullest, together);
  }
  traits.meeting = ratio(fullest, sum);
}

constexpr std::size_t kLeastBalanced = 5;       // members; fewer have no sum to speak of
constexpr std::size_t kMostBalanceDays = 3660;  // a wrong clock is no reason to ask for memory

void add_balance(std::span<const Profile* const> profiles, Traits& traits) {
  Day first = std::numeric_limits<Day>::max(), last = std::numeric_limits<Day>::min();
  std::size_t active = 0;
  for (const Profile* profile : profiles) {
    if (profile->by_hour.empty()) continue;
    ++active;
    first = std::min(first, profile->days[profile->by_hour.front().at / kSlots].first);
    last = std::max(last, profile->days[profile->by_hour.back().at / kSlots].first);
  }
  if (active < kLeastBalanced || static_cast<std::int64_t>(last) - first >= static_cast<std::int64_t>(kMostBalanceDays))
    return;
  LoadBalance balance(static_cast<std::size_t>(last - first) + 1);
  std::vector<SlotCount> series;
  for (const Profile* profile : profiles) {
    series.clear();
    for (const HourCount& hour : profile->by_hour) {
      const Day day = profile->days[hour.at / kSlots].first;
      series.push_back(
          {static_cast<std::uint32_t>(day - first), static_cast<std::uint32_t>(hour.at % kSlots), hour.count});
    }
    balance.add(series);
  }
  const Balance result = balance.test();
  traits.traffic_ratio = result.ratio;
  traits.traffic_p = result.p_smooth;
  traits.turns_z = result.z_turns;
}

// -- templates and capabilities

struct TemplateUse {
  KeyHash hash;
  Vertex member;
  std::uint64_t count;
};

std::vector<TemplateUse> template_uses(std::span<const Profile* const> profiles) {
  std::vector<TemplateUse> uses;
  for (std::size_t m = 0; m < profiles.size(); ++m) {
    for (const TemplateCount& entry : profiles[m]->prompts) {
      uses.push_back({entry.template_hash, static_cast<Vertex>(m), entry.count});
    }
  }
  std::sort(uses.begin(), uses.end(), [](const TemplateUse& a, const TemplateUse& b) { return a.hash < b.hash; });
  return uses;
}

// A sketch holds templates whole, so shares over sketches estimate shares over all templates.
void add_templates(std::span<const Profile* const> profiles, const Population& population, Traits& traits) {
  const std::vector<TemplateUse> uses = template_uses(profiles);
  double total = 0, distinct = 0, overlapping = 0, of_others = 0;
  for (std::size_t begin = 0, end = 0; begin < uses.size(); begin = end) {
    double requests = 0;
    for (; end < uses.size() && uses[end].hash == uses[begin].hash; ++end)
      requests += static_cast<double>(uses[end].count);
    total += requests;
    distinct += 1;
    const AskedBy by = asked_by(population, uses[begin].hash, end - begin, profiles.size());
    if (by == AskedBy::group) overlapping += requests;
    if (by == AskedBy::others) of_others += requests;
  }
  if (total == 0) return;
  traits.has_templates = true;
  traits.template_repetition = 1 - distinct / total;
  traits.template_overlap = overlapping / total;
  if (of_others > std::max(overlapping, kMostlyOthers * total)) std::erase(traits.likeness, kPrompts);
}

double count_of(const std::vector<TagCount>& tags, VertexKey tag) {
  for (const TagCount& entry : tags) {
    if (entry.tag == tag) return static_cast<double>(entry.count);
  }
  return 0;
}

std::vector<TagCount> sum_capabilities(std::span<const Profile* const> profiles, const Store& store) {
  std::vector<TagCount> sum;
  const std::optional<KindId> capability = store.find_kind("capability");
  for (const Profile* profile : profiles) {
    for (const TagCount& tag : profile->tags) {
      if (capability && tag.tag.kind == *capability) sum.push_back(tag);
    }
  }
  std::sort(sum.begin(), sum.end());
  std::vector<TagCount> merged;
  for (const TagCount& tag : sum) {
    if (!merged.empty() && merged.back().tag == tag.tag) {
      merged.back().count += tag.count;
    } else {
      merged.push_back(tag);
    }
  }
  return merged;
}

double total_of(const std::vector<TagCount>& tags) {
  double total = 0;
  for (const TagCount& tag : tags) total += static_cast<double>(tag.count);
  return total;
}

void add_capabilities(std::span<const Profile* const> profiles, const Population& population, const Store& store,
                      Traits& traits) {
  const std::vector<TagCount> group = sum_capabilities(profiles, store);
  const double group_total = total_of(group);
  if (group_total == 0) return;
  traits.has_capabilities = true;
  double population_total = 0;
  for (const TagCount& tag : population.tags) {
    if (tag.tag.kind == group.front().tag.kind) population_total += static_cast<double>(tag.count);
  }
  for (const TagCount& tag : group) {
    const double p = static_cast<double>(tag.count) / group_total;
    const double q = count_of(population.tags, tag.tag) / population_total;
    traits.capability_excess += p * std::log2(p / q);
  }
}

}  // namespace

bool is_beyond_chance(double everywhere, std::size_t users, std::size_t members) {
  constexpr double kLeastNats = 9;  // by chance in fewer than one of 8,000 groups
  constexpr double kTimes = 5;      // times as common as everywhere: what is popular everywhere is nobody's
  if (users < 2) return false;
  const double here = static_cast<double>(users) / static_cast<double>(members);
  if (here < kTimes * everywhere) return false;
  const double rest = here < 1 ? (1 - here) * std::log((1 - here) / (1 - everywhere)) : 0.0;
  return static_cast<double>(members) * (here * std::log(here / everywhere) + rest) >= kLeastNats;
}

AskedBy asked_by(const Population& population, KeyHash hash, std::size_t users, std::size_t members) {
  const auto at = std::lower_bound(population.templates.begin(), population.templates.end(), TemplateCount{hash, 0});
  if (users < 2 || at == population.templates.end() || at->template_hash != hash) return AskedBy::anybody;
  // Held against everybody else: of what a fifth of all ask among themselves, nobody else need ask anything.
  const double outside = std::max(0.0, static_cast<double>(at->count) - static_cast<double>(users));
  const double others = std::max(0.0, static_cast<double>(population.accounts) - static_cast<double>(members));
  if (!is_beyond_chance((outside + 1) / (others + 1), users, members)) return AskedBy::anybody;
  if (outside > kOthers * static_cast<double>(users)) return AskedBy::others;
  return outside > kMostOutside * static_cast<double>(users) ? AskedBy::anybody : AskedBy::group;
}

Traits traits_of(const Snapshot& snapshot, const Habits* habits, const Group& group, const GroupEvidence& evidence,
                 std::span<const Profile* const> profiles, const Population& population, const Store& store) {
  Traits traits;
  traits.size = group.members.size();
  traits.likeness = group.likeness;
  for (std::size_t m = 0; m < traits.size; ++m)
    traits.cohesion += membership_of(group, m) / static_cast<double>(traits.size);
  add_sharing(snapshot, evidence, traits);
  if (habits != nullptr) {
    traits.house_domain = house_domain_of(*habits, group.members);
    traits.dealt_names = dealt_names_of(*habits, group.members);
    const Body body = body_of(*habits, group.members);
    traits.body_reach = body.reach;
    traits.body_outside = body.outside;
    traits.body_together = body.together;
  }
  const Places places = places_of(snapshot, habits, group.members);
  traits.places = places.hold_half;
  traits.common_places = places.common;
  traits.place_reach = places.reach;
  traits.place_outside = places.outside;
  // A house that leaves by several gateways has one network for itself, and one name; it hands out cards by teams all
  // the same.
  const double alone = graded(places.reach, 0.4, 0.6) * graded(places.outside, 0.5, 0.2);
  traits.interlocked *= 1 - graded(traits.house_domain, 0.4, 0.6) * alone;
  traits.listed = snapshot.classes.share_of(snapshot.graph(), group.members);
  add_stated(profiles, population, traits);
  traits.has_activity =
      std::any_of(profiles.begin(), profiles.end(), [](const Profile* profile) { return profile->requests > 0; });
  if (traits.has_activity) add_templates(profiles, population, traits);
  count_kinds(snapshot, traits);
  if (!traits.has_activity) return traits;
  add_hours(profiles, traits);
  add_days(profiles, traits);
  add_balance(profiles, traits);
  add_capabilities(profiles, population, store, traits);
  add_spreads(profiles, store, traits);
  return traits;
}

Behavior behavior_of(std::span<const Profile* const> profiles, const Traits& traits, const EntityClasses& classes,
                     const Store& store) {
  Behavior behavior;
  for (const Profile* profile : profiles) {
    behavior.requests += profile->requests;
    behavior.tokens_in += profile->tokens_in;
    behavior.tokens_out += profile->tokens_out;
  }
  std::vector<TagCount> capabilities = sum_capabilities(profiles, store);
  const double total = total_of(capabilities);
  std::stable_sort(capabilities.begin(), capabilities.end(),
                   [](const TagCount& a, const TagCount& b) { return a.count > b.count; });
  for (const TagCount& tag : capabilities) {
    behavior.capabilities.emplace_back(store.name_of(tag.tag).value_or("?"), static_cast<double>(tag.count) / total);
  }
  behavior.template_repetition = traits.template_repetition;
  behavior.synchrony = traits.synchrony;
  behavior.active_hours = traits.active_hours;
  behavior.weekend_share = traits.weekend_share;
  behavior.active_days = traits.active_days;
  behavior.traffic_ratio = traits.traffic_ratio;
  behavior.traffic_p = traits.traffic_p;
  behavior.turns_z = traits.turns_z;
  for (std::size_t c = 1; c < kEntityClasses; ++c) {
    if (classes.known[c])
      behavior.listed.push_back({to_string(static_cast<EntityClass>(c)), traits.listed[c], classes.share[c]});
  }
  return behavior;
}

}  // namespace ringscope
