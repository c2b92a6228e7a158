#include "engine/detect/incremental/rejudge.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "engine/detect/project/likeness_plan.h"

namespace ringscope {
namespace {

// By group: 1 for one to be judged again.
class Stale {
 public:
  Stale(const Store& store, const Decisions& decisions, const RejudgeInput& input,
        const std::vector<PatchedGroup>& groups)
      : store_(store),
        decisions_(decisions),
        in_(input),
        groups_(groups),
        stale_(groups.size(), 0),
        owner_(input.patched.account_old.size(), kNoGroup),
        other_(owner_.size(), 0) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      stale_[g] = groups[g].changed ? 1 : 0;
      for (const Vertex member : groups[g].group.members) owner_[member] = g;
    }
  }

  std::vector<char> find() {
    for (const Vertex l : in_.patched.rewired) other_[l] = 1;
    by_decisions();
    by_entities();
    by_activity();
    std::vector<std::size_t> others(groups_.size(), 0);
    for (Vertex l = 0; l < owner_.size(); ++l) {
      if (other_[l] != 0 && owner_[l] != kNoGroup) ++others[owner_[l]];
    }
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (static_cast<double>(others[g]) > kStale * static_cast<double>(groups_[g].group.members.size())) stale_[g] = 1;
    }
    return std::move(stale_);
  }

 private:
  // Who is confirmed or cleared now and was not at the base, or the other way round.
  void by_decisions() {
    const std::vector<Verdict>& all = decisions_.verdicts();
    if (all.size() == in_.image.verdicts) return;
    const Decisions then({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(in_.image.verdicts)});
    for (const KeyHash account : decisions_.accounts_unlike(then)) {
      const auto v = in_.patched.snapshot.vertex_of(account);
      if (!v || owner_[*v] == kNoGroup) continue;
      if (then.is_confirmed(account) != decisions_.is_confirmed(account) ||
          then.is_cleared(account) != decisions_.is_cleared(account))
        stale_[owner_[*v]] = 1;
    }
  }

  // It is on a list now and was not at the base, or the other way round.
  bool relisted(Vertex r) const {
    return (in_.weights.hubs[r] == HubCause::listed) != (in_.patched.entities.hubs[r] == HubCause::listed);
  }

  void by_entities() {
    const BipartiteGraph graph = in_.patched.snapshot.graph();
    std::vector<std::pair<std::size_t, Vertex>> met;  // group, member
    for (Vertex r = 0; r < in_.reweighed.size(); ++r) {
      if (in_.reweighed[r] == 0 || graph.right_degree(r) < 2) continue;
      const bool all = relisted(r);
      met.clear();
      for (const Vertex l : graph.lefts_of(r)) {
        if (owner_[l] != kNoGroup) met.emplace_back(owner_[l], l);
      }
      std::sort(met.begin(), met.end());
      for (std::size_t i = 1; i < met.size(); ++i) {
        if (met[i].first != met[i - 1].first) continue;
        other_[met[i].second] = other_[met[i - 1].second] = 1;
        if (all) stale_[met[i].first] = 1;
      }
    }
  }

  void by_activity() {
    std::vector<Vertex> asked;
    for (const Vertex l : in_.patched.touched) {
      if (owner_[l] != kNoGroup && stale_[owner_[l]] == 0) asked.push_back(l);
    }
    Profiles profiles = visit_requests(store_, in_.patched.snapshot, asked);
    mark_confirmed(in_.patched.snapshot, decisions_, profiles);
    std::vector<double> moved(groups_.size(), 0);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const std::size_t g = owner_[asked[i]];
      const ImageGroup& old = in_.image.groups[groups_[g].image];
      const auto at = std::ranges::lower_bound(old.group.members, in_.patched.account_old[asked[i]]);
      const auto m = static_cast<std::size_t>(at - old.group.members.begin());
      if (facts_hash(profiles.of[i].facts) != old.facts[m]) other_[asked[i]] = 1;
      moved[g] += std::abs(static_cast<double>(profiles.of[i].requests) - static_cast<double>(old.requests[m]));
    }
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (moved[g] <= 0) continue;
      double requests = 0;
      for (const std::uint64_t of_one : in_.image.groups[groups_[g].image].requests)
        requests += static_cast<double>(of_one);
      if (moved[g] > kStale * requests) stale_[g] = 1;
    }
  }

  const Store& store_;
  const Decisions& decisions_;
  const RejudgeInput& in_;
  const std::vector<PatchedGroup>& groups_;
  std::vector<char> stale_;
  std::vector<std::size_t> owner_;  // by account
  std::vector<char> other_;         // by account: 1 for one that is not as it was
};

// The base's population; of templates that it did not count, all who ask them now.
Population population_for(const RejudgeInput& input, const std::vector<Profile>& profiles) {
  Population population = input.image.population;
  const Habits& habits = input.patched.habits;
  const auto layer = static_cast<std::size_t>(std::ranges::find(habits.layers, kPrompts) - habits.layers.begin());
  const BipartiteGraph graph = habits.graph();
  const auto begin = habits.keys.begin() + graph.layer_begin(layer), end = habits.keys.begin() + graph.layer_end(layer);
  std::vector<TemplateCount> added;
  for (const Profile& profile : profiles) {
    for (const TemplateCount& entry : profile.prompts) {
      const auto known = std::ranges::lower_bound(input.image.population.templates, entry.template_hash, {},
                                                  &TemplateCount::template_hash);
      if (known != input.image.population.templates.end() && known->template_hash == entry.template_hash) continue;
      const auto at = std::lower_bound(begin, end, entry.template_hash);
      const bool asked = at != end && *at == entry.template_hash;
      added.push_back({entry.template_hash,
                       asked ? graph.right_degree(static_cast<Vertex>(at - habits.keys.begin())) : std::uint64_t{1}});
    }
  }
  population.templates.insert(population.templates.end(), added.begin(), added.end());
  std::ranges::sort(population.templates);
  const auto repeated = std::ranges::unique(population.templates);
  population.templates.erase(repeated.begin(), repeated.end());
  return population;
}

// As its base has it, and no more than the later stages ask for.
Ring kept_ring(const ImageGroup& group) {
  const ImageRing& from = group.ring;
  Ring ring;
  ring.id = group.name;
  ring.version = from.version;
  ring.parents = from.parents;
  ring.tier = from.tier;
  ring.score = from.score;
  ring.members.resize(from.members.size());
  for (std::size_t m = 0; m < ring.members.size(); ++m) {
    Member& member = ring.members[m];
    member.account = from.members[m].account;
    member.membership = from.members[m].membership;
    member.score = from.members[m].score;
    member.tier = static_cast<Tier>(from.members[m].tier);
  }
  ring.kept = KeptRing{.id = from.id,
                       .successions = from.successions,
                       .number = from.number,
                       .decided = from.decided,
                       .attributed = from.attributed};
  return ring;
}

// Calm groups that few came to or left are as they were, unless somebody is in another group now, or gone.
void leave_calm(const RejudgeInput& input, std::vector<PatchedGroup>& groups) {
  std::vector<std::size_t> owner(input.patched.account_old.size(), kNoGroup);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const Vertex member : groups[g].group.members) owner[member] = g;
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    PatchedGroup& of = groups[g];
    if (!of.changed || of.image == kNoGroup || !is_calm(input.image.groups[of.image].ring)) continue;
    const Group& old = input.image.groups[of.image].group;
    std::vector<Vertex> before, differ;
    for (const Vertex member : old.members) before.push_back(input.patched.account_now[member]);
    const bool all_there = std::ranges::all_of(
        before, [&](Vertex member) { return member != kGone && (owner[member] == g || owner[member] == kNoGroup); });
    if (!all_there) continue;
    std::ranges::set_symmetric_difference(before, of.group.members, std::back_inserter(differ));
    if (static_cast<double>(differ.size()) > kStale * static_cast<double>(before.size())) continue;
    of.group = old;
    of.group.members = std::move(before);
    of.changed = false;
  }
}

// Of the image, under the numbers that accounts and things have now; nothing where one is gone.
std::optional<std::vector<Seed>> seeds_then(const std::vector<Seed>& seeds, const Patched& patched) {
  std::vector<Seed> result;
  for (Seed seed : seeds) {
    seed.account = patched.account_now[seed.account];
    seed.thing = patched.entity_now[seed.thing];
    if (seed.account == kGone || seed.thing == kGone) return std::nullopt;
    result.push_back(seed);
  }
  return result;
}

// By group. Marks groups that others join than at the base.
std::vector<std::vector<Seed>> seeds_now(const Setup& setup, const RejudgeInput& input,
                                         std::vector<PatchedGroup>& groups) {
  std::vector<std::span<const Vertex>> members;
  for (const PatchedGroup& of : groups) members.emplace_back(of.group.members);
  std::vector<std::vector<Seed>> seeds =
      seed_groups(input.patched.snapshot, input.patched.habits, input.weights, setup.decisions, members,
                  {.odds = setup.config.verdicts.seed_odds});
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].image == kNoGroup) continue;
    if (seeds_then(input.image.groups[groups[g].image].seeds, input.patched) != seeds[g]) groups[g].changed = true;
  }
  return seeds;
}

// A ring that bears the name of one that stays gets the next free suffix.
void name_apart(std::vector<Ring>& rings, const std::set<std::string>& kept) {
  std::set<std::string> taken = kept;
  for (Ring& ring : rings) {
    const std::string name = ring.id;
    for (int n = 2; !taken.insert(ring.id).second; ++n) ring.id = fmt::format("{}-{}", name, n);
  }
}

}  // namespace

Rejudged rejudge(const Store& store, const Setup& setup, const RejudgeInput& input, std::vector<PatchedGroup> groups) {
  leave_calm(input, groups);
  std::vector<std::vector<Seed>> seeds = seeds_now(setup, input, groups);
  const std::vector<char> stale = Stale(store, setup.decisions, input, groups).find();
  Rejudged result;
  std::vector<Group> judged;
  std::vector<std::vector<Seed>> joining;
  std::vector<const ImageGroup*> kept;
  std::set<std::string> names;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (stale[g] != 0) {
      judged.push_back(std::move(groups[g].group));
      joining.push_back(std::move(seeds[g]));
      continue;
    }
    kept.push_back(&input.image.groups[groups[g].image]);
    names.insert(kept.back()->name);
  }
  const UsageBaseline& baseline = input.image.summary.baseline;
  Profiles profiles = visit_profiles(store, input.patched.snapshot, members_of(judged), baseline.new_models);
  mark_confirmed(input.patched.snapshot, setup.decisions, profiles);
  profiles.population = population_for(input, profiles.of);
  result.rings = rings_of(store, setup,
                          {input.patched.snapshot, input.weights, input.patched.habits, judged, input.coactions,
                           profiles, baseline, input.clearing, joining});
  name_apart(result.rings, names);
  result.judged_again = result.rings.size();
  result.rings.reserve(result.rings.size() + kept.size());
  for (const ImageGroup* group : kept) result.rings.push_back(kept_ring(*group));
  return result;
}

}  // namespace ringscope
