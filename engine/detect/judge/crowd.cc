#include "engine/detect/judge/crowd.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "engine/detect/judge/graded.h"
#include "engine/detect/judge/traits.h"
#include "engine/detect/project/likeness_plan.h"

namespace ringscope {
namespace {

constexpr std::size_t kMostUsers = 256;  // looked at
constexpr double kDoubtful = 0.4;        // most probability of a class that an operator's accounts may look like

std::vector<Vertex> users_outside(const BipartiteGraph& graph, Vertex entity, std::span<const Vertex> members) {
  const auto all = graph.lefts_of(entity);
  std::vector<Vertex> users;
  std::set_difference(all.begin(), all.end(), members.begin(), members.end(), std::back_inserter(users));
  return users;
}

// Every so many; accounts are in the order of their hashes, so that is a fair sample.
std::vector<Vertex> sample_of(const std::vector<Vertex>& users) {
  if (users.size() <= kMostUsers) return users;
  std::vector<Vertex> sample;
  for (std::size_t i = 0; i < kMostUsers; ++i) sample.push_back(users[i * users.size() / kMostUsers]);
  return sample;
}

double churn_of(const Snapshot& snapshot, Vertex entity, const std::vector<Vertex>& users) {
  const BipartiteGraph graph = snapshot.graph();
  std::size_t once = 0;
  for (const Vertex user : users) {
    const auto rights = graph.rights_of(user);
    const auto place = std::lower_bound(rights.begin(), rights.end(), entity) - rights.begin();
    once += snapshot.sightings[graph.left_begin(user) + static_cast<std::size_t>(place)].days <= 1 ? 1 : 0;
  }
  return static_cast<double>(once) / static_cast<double>(users.size());
}

// Users of each right vertex of a layer that any of them touches, and how many of them touch one.
struct LayerUse {
  std::vector<std::pair<Vertex, std::size_t>> users_of;
  std::size_t users = 0;
};

LayerUse layer_use(const BipartiteGraph& graph, std::size_t layer, const std::vector<Vertex>& users) {
  LayerUse use;
  std::vector<Vertex> touched;
  for (const Vertex user : users) {
    const auto rights = graph.rights_of(user);
    const auto begin = std::lower_bound(rights.begin(), rights.end(), graph.layer_begin(layer));
    const auto end = std::lower_bound(begin, rights.end(), graph.layer_end(layer));
    use.users += begin != end ? 1 : 0;
    touched.insert(touched.end(), begin, end);
  }
  std::sort(touched.begin(), touched.end());
  for (const Vertex r : touched) {
    if (use.users_of.empty() || use.users_of.back().first != r) use.users_of.emplace_back(r, 0);
    ++use.users_of.back().second;
  }
  return use;
}

std::optional<double> distinct_per_user(const Snapshot& snapshot, std::string_view kind,
                                        const std::vector<Vertex>& users) {
  const auto layer = std::ranges::find(snapshot.layers, kind, &Layer::name);
  if (layer == snapshot.layers.end()) return std::nullopt;
  const auto k = static_cast<std::size_t>(layer - snapshot.layers.begin());
  const LayerUse use = layer_use(snapshot.graph(), k, users);
  if (2 * use.users < users.size()) return std::nullopt;
  return static_cast<double>(use.users_of.size()) / static_cast<double>(use.users);
}

std::optional<LayerUse> habit_use(const Habits& habits, std::string_view name, const std::vector<Vertex>& users) {
  const auto layer = habits.find_layer(name);
  if (!layer) return std::nullopt;
  LayerUse use = layer_use(habits.graph(), *layer, users);
  if (2 * use.users < users.size()) return std::nullopt;
  return use;
}

std::optional<double> own_prompts_of(const Habits& habits, const std::vector<Vertex>& users) {
  const std::optional<LayerUse> use = habit_use(habits, kPrompts, users);
  if (!use) return std::nullopt;
  const BipartiteGraph graph = habits.graph();
  double all = 0, common = 0;
  for (const auto& [prompt, askers] : use->users_of) {
    const double everywhere = static_cast<double>(graph.right_degree(prompt)) / graph.left_count();
    all += static_cast<double>(askers);
    if (is_beyond_chance(everywhere, askers, use->users)) common += static_cast<double>(askers);
  }
  return 1 - common / all;
}

std::optional<double> ages_of(const Habits& habits, const std::vector<Vertex>& users) {
  const std::optional<LayerUse> use = habit_use(habits, "signup", users);
  if (!use || use->users < 2) return std::nullopt;
  const auto all = static_cast<double>(use->users);
  double entropy = 0;
  for (const auto& [bucket, count] : use->users_of) {
    const double share = static_cast<double>(count) / all;
    entropy -= share * std::log2(share);
  }
  return entropy / std::log2(all);
}

// Do they differ as strangers do, in what they ask and since when they are here?
double strangers(const EntityUse& use) {
  if (!use.own_prompts && !use.ages) return 0;
  const double prompts = use.own_prompts ? graded(*use.own_prompts, 0.4, 0.75) : 0.6;
  return prompts * (use.ages ? graded(*use.ages, 0.4, 0.8) : 0.8);
}

double many(const EntityUse& use) { return graded(static_cast<double>(use.users), kLeastCrowd - 1, 20); }

double own(const std::optional<double>& distinct, double unknown) {
  return distinct ? graded(*distinct, 0.3, 0.7) : unknown;
}

void add_address(const EntityUse& use, std::vector<EntityCrowd>& all) {
  const double passing = graded(use.churn, 0.2, 0.5);
  const double payers = own(use.payers, 0.5);
  all.push_back({"vpn_exit", is_exit(use.listed) ? strangers(use) : 0.0});
  all.push_back({"carrier_nat", many(use) * strangers(use) * passing * own(use.payers, 0.7)});
  all.push_back({"campus", many(use) * strangers(use) * (1 - payers)});
  all.push_back({"office", many(use) * strangers(use) * (1 - passing) * payers});
  // A lesson's exercises, and sign-ups, are common to all as an operator's are.
  all.push_back({"classroom", kDoubtful * many(use) * graded(use.churn, 0.5, 0.9) *
                                  (use.ages ? graded(*use.ages, 0.4, 0.1) : 0.0) * own(use.payers, 0.5)});
}

void add_payment(const EntityUse& use, std::vector<EntityCrowd>& all) {
  all.push_back({"reseller", many(use) * strangers(use)});
  // An operator pays with one card as a customer does.
  all.push_back({"pipeline", kDoubtful * (use.addresses ? graded(*use.addresses, 0.5, 0.2) : 0.0)});
}

}  // namespace

EntityUse use_of(const Snapshot& snapshot, const Habits& habits, Vertex entity, std::span<const Vertex> members) {
  const std::vector<Vertex> outside = users_outside(snapshot.graph(), entity, members);
  EntityUse use;
  use.users = outside.size();
  if (!snapshot.classes.of.empty()) use.listed = snapshot.classes.of[entity];
  if (outside.empty()) return use;
  const std::vector<Vertex> sample = sample_of(outside);
  use.churn = churn_of(snapshot, entity, sample);
  use.own_prompts = own_prompts_of(habits, sample);
  use.ages = ages_of(habits, sample);
  use.payers = distinct_per_user(snapshot, "payment", sample);
  use.addresses = distinct_per_user(snapshot, "ip", sample);
  return use;
}

EntityCrowd classify_crowd(std::string_view kind, const EntityUse& use) {
  if (use.users < kLeastCrowd) return {};
  std::vector<EntityCrowd> all;
  if (kind == "ip") {
    add_address(use, all);
  } else if (kind == "payment") {
    add_payment(use, all);
  } else if (kind == "fingerprint") {
    all.push_back({"popular_device", many(use) * strangers(use) * own(use.addresses, 0.7)});
  } else {
    all.push_back({"crowd", many(use) * strangers(use)});
  }
  const auto best = std::ranges::max_element(all, {}, &EntityCrowd::probability);
  return best->probability > 0 ? *best : EntityCrowd{};
}

}  // namespace ringscope
