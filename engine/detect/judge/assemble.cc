// Judged groups become rings: names, evidence, behaviour, members, words.
#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/parallel.h"
#include "engine/detect/judge/benign.h"
#include "engine/detect/judge/extraction.h"
#include "engine/detect/judge/judge.h"
#include "engine/detect/judge/member_doubts.h"
#include "engine/detect/judge/seed_odds.h"
#include "engine/detect/judge/wandering.h"
#include "engine/detect/ring/ring_id.h"

namespace ringscope {
namespace {

std::string name_or_key(const std::optional<std::string>& name, KeyHash key) {
  return name ? *name : fmt::format("#{:016x}", key);
}

// "4,190"
std::string grouped(std::uint64_t n) {
  const std::string digits = std::to_string(n);
  std::string result;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) result.push_back(',');
    result.push_back(digits[i]);
  }
  return result;
}

class Assembler {
 public:
  Assembler(const Store& store, const Snapshot& snapshot, const Weights& weights, const JudgeOptions& options)
      : store_(store),
        snapshot_(snapshot),
        weights_(weights),
        options_(options),
        wandering_(snapshot, options.habits) {}

  Ring assemble(const Group& group, std::span<const Profile* const> profiles, const Population& population,
                const std::vector<Seed>& seeds) const {
    const Counted counted = counted_of(group, profiles);
    const GroupEvidence evidence = gather_evidence(snapshot_, options_.habits, weights_, counted.group);
    Traits traits =
        traits_of(snapshot_, options_.habits, counted.group, evidence, counted.profiles, population, store_);
    traits.wandering = wandering_.of(counted.group.members);
    const Judgement judgement = judge(traits, options_);
    Ring ring;
    ring.tier = judgement.tier;
    ring.score = judgement.score;
    ring.behavior = behavior_of(counted.profiles, traits, snapshot_.classes, store_);
    if (options_.baseline != nullptr) ring.extraction = extraction_of(counted.profiles, *options_.baseline);
    ring.first_seen = evidence.first;
    ring.last_seen = evidence.last;
    for (const std::size_t layer : traits.kinds) ring.kinds.push_back(snapshot_.layers[layer].name);
    for (const std::string& kind : traits.likeness) {
      if (std::find(ring.kinds.begin(), ring.kinds.end(), kind) == ring.kinds.end()) ring.kinds.push_back(kind);
    }
    if (traits.likeness == std::vector<std::string>{kArrival})
      ring.reasons.push_back("members came all at once, as chance does not explain");
    else if (!traits.likeness.empty())
      ring.reasons.push_back(fmt::format("members are alike in {}", fmt::join(traits.likeness, ", ")));
    for (const Finding& finding : judgement.findings) {
      ring.features.emplace_back(finding.feature, finding.value);
      if (std::abs(finding.nats) >= kLeastNats)
        ring.reasons.push_back(fmt::format("{:+.1f} {}", finding.nats, finding.reason));
    }
    add_verdict_reasons(group.members.size() - counted.group.members.size(), seeds.size(), ring);
    for (const BenignHypothesis& hypothesis : judgement.benign) {
      if (hypothesis.probability >= kLeastBenign) ring.benign.push_back(hypothesis);
    }
    add_evidence(evidence, ring);
    add_members(group, profiles, population, evidence, traits, ring);
    add_seeds(seeds, ring);
    std::sort(ring.members.begin(), ring.members.end(), [](const Member& a, const Member& b) {
      return std::tuple(-a.membership, std::string_view(a.name)) < std::tuple(-b.membership, std::string_view(b.name));
    });
    ring.id = content_ring_id(snapshot_.accounts[group.members.front()]);
    ring.summary = summarize(traits, evidence, judgement, ring);
    return ring;
  }

 private:
  // The members that a ring is judged by.
  struct Counted {
    Group group;
    std::vector<const Profile*> profiles;
  };

  bool is_cleared(Vertex account) const {
    return options_.clearing != nullptr && !options_.clearing->empty() && options_.clearing->accounts[account] != 0;
  }

  // Where half or more were cleared, all of them: nobody is accused, and what it looks like is to be seen.
  Counted counted_of(const Group& group, std::span<const Profile* const> profiles) const {
    Counted counted{group, {profiles.begin(), profiles.end()}};
    const auto cleared = std::ranges::count_if(group.members, [&](Vertex member) { return is_cleared(member); });
    if (cleared == 0 || 2 * cleared >= std::ssize(group.members)) return counted;
    counted = {.group = {.members = {}, .cohesion = {}, .likeness = group.likeness}, .profiles = {}};
    for (std::size_t m = 0; m < group.members.size(); ++m) {
      if (is_cleared(group.members[m])) continue;
      counted.group.members.push_back(group.members[m]);
      counted.group.cohesion.push_back(group.cohesion[m]);
      if (m < group.member_likeness.size()) counted.group.member_likeness.push_back(group.member_likeness[m]);
      counted.profiles.push_back(profiles[m]);
    }
    return counted;
  }

  void add_evidence(const GroupEvidence& evidence, Ring& ring) const {
    ring.evidence_count = evidence.shared.size();
    const std::size_t kept = std::min<std::size_t>(evidence.shared.size(), options_.evidence_per_ring);
    std::vector<VertexKey> keys;
    for (std::size_t i = 0; i < kept; ++i) keys.push_back(snapshot_.entities[evidence.shared[i].entity]);
    const auto names = store_.names_of(keys);
    for (std::size_t i = 0; i < kept; ++i) {
      const SharedEntity& shared = evidence.shared[i];
      ring.evidence.push_back({store_.kind_name(keys[i].kind), keys[i], name_or_key(names[i], keys[i].hash),
                               shared.members, shared.population, shared.bits, shared.first, shared.last,
                               shared.crowd.name, shared.crowd.probability,
                               weights_.cleared.empty() ? 0 : weights_.cleared[shared.entity]});
    }
  }

  void add_members(const Group& group, std::span<const Profile* const> profiles, const Population& population,
                   const GroupEvidence& evidence, const Traits& traits, Ring& ring) const {
    std::vector<VertexKey> keys;
    for (const Vertex member : group.members) keys.push_back({kAccountKind, snapshot_.accounts[member]});
    const auto names = store_.names_of(keys);
    const MemberDoubts doubts(profiles, population, traits);
    std::vector<TiesByKind> ties = member_ties(group, evidence);
    for (std::size_t m = 0; m < group.members.size(); ++m) {
      const MemberFacts facts{m < group.member_likeness.size() ? group.member_likeness[m] : MemberLikeness{},
                              membership_of(group, m), std::move(ties[m])};
      Member member;
      member.account = keys[m].hash;
      member.name = name_or_key(names[m], member.account);
      member.membership = facts.membership;
      member.likeness = static_cast<std::uint32_t>(facts.likeness.kinds);
      member.reasons.push_back("shares with other members: " + in_words(facts.ties));
      member.reasons.push_back(
          fmt::format("{:.0f}% of what it touches is shared inside the ring", 100 * group.cohesion[m]));
      if (is_cleared(group.members[m])) member.reasons.push_back("cleared by a person: no evidence of the ring");
      if (facts.likeness.kinds >= 2)
        member.reasons.push_back(fmt::format("like the others in {} of the {} kinds of things it has",
                                             facts.likeness.kinds, facts.likeness.of));
      member.score = ring.score * doubts.factor(m, facts, member.reasons);
      member.tier = tier_of(ring.tier, member.score);
      if (options_.baseline != nullptr) member.extraction = extraction_probability(*profiles[m], *options_.baseline);
      ring.members.push_back(std::move(member));
    }
  }

  void add_seeds(const std::vector<Seed>& seeds, Ring& ring) const {
    if (seeds.empty()) return;
    std::vector<VertexKey> accounts, things;
    for (const Seed& seed : seeds) {
      accounts.push_back({kAccountKind, snapshot_.accounts[seed.account]});
      things.push_back(snapshot_.entities[seed.thing]);
    }
    const auto names = store_.names_of(accounts);
    const auto values = store_.names_of(things);
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      const Seed& seed = seeds[i];
      Member& member = ring.members.emplace_back();
      member.account = accounts[i].hash;
      member.name = name_or_key(names[i], member.account);
      member.membership = static_cast<double>(seed.cohesion);
      member.score = score_of(seed);
      member.tier = Tier::review;
      member.seeded = true;
      member.reasons.push_back(
          seed_reason(seed, store_.kind_name(things[i].kind), name_or_key(values[i], things[i].hash)));
    }
  }

  static void add_verdict_reasons(std::size_t cleared, std::size_t seeds, Ring& ring) {
    if (cleared > 0)
      ring.reasons.push_back(
          fmt::format("{} of its accounts {} cleared by a person: no evidence, and what {} counts less", cleared,
                      cleared == 1 ? "was" : "were", cleared == 1 ? "it has" : "they have"));
    if (seeds > 0)
      ring.reasons.push_back(fmt::format(
          "{} account{} joined for what {} with accounts that people confirmed: no evidence, to be reviewed", seeds,
          seeds == 1 ? "" : "s", seeds == 1 ? "it shares" : "they share"));
  }

  Tier tier_of(Tier ring, double score) const {
    const Tier own = score >= options_.ban_score      ? Tier::ban
                     : score >= options_.review_score ? Tier::review
                                                      : Tier::watch;
    return std::min(ring, own);
  }

  // For each member: the ring's shared things it is on, by kind.
  std::vector<TiesByKind> member_ties(const Group& group, const GroupEvidence& evidence) const {
    std::vector<TiesByKind> counts(group.members.size());
    const BipartiteGraph graph = snapshot_.graph();
    for (const SharedEntity& shared : evidence.shared) {
      if (!shared.binds()) continue;
      const std::string kind = store_.kind_name(snapshot_.entities[shared.entity].kind);
      for (const Vertex account : graph.lefts_of(shared.entity)) {
        const auto at = std::lower_bound(group.members.begin(), group.members.end(), account);
        if (at == group.members.end() || *at != account) continue;
        Ties& ties = counts[static_cast<std::size_t>(at - group.members.begin())][kind];
        ++ties.things;
        ties.others += shared.members - 1;
      }
    }
    return counts;
  }

  static std::string in_words(const TiesByKind& counts) {
    std::vector<std::string> parts;
    for (const auto& [kind, ties] : counts) parts.push_back(fmt::format("{} {}", ties.things, kind));
    return parts.empty() ? std::string("nothing") : fmt::format("{}", fmt::join(parts, ", "));
  }

  std::string summarize(const Traits& traits, const GroupEvidence& evidence, const Judgement& judgement,
                        const Ring& ring) const {
    std::vector<std::string> things;
    for (const std::size_t layer : traits.kinds) {
      const auto is_layer = [&](const SharedEntity& shared) {
        return snapshot_.entities[shared.entity].kind == snapshot_.layers[layer].kind;
      };
      const auto n =
          static_cast<std::uint64_t>(std::count_if(evidence.shared.begin(), evidence.shared.end(), is_layer));
      things.push_back(fmt::format("{} {}{}", grouped(n), snapshot_.layers[layer].name, n == 1 ? "" : "s"));
    }
    std::string first = fmt::format(
        "{} accounts share {}", grouped(traits.size),
        things.empty() ? std::string("few things of several kinds") : fmt::format("{}", fmt::join(things, ", ")));
    if (traits.has_activity)
      first +=
          fmt::format(" and sent {} requests in {} of 24 hours", grouped(ring.behavior.requests), traits.active_hours);
    const BenignHypothesis& honest = judgement.benign.front();
    const std::string second =
        honest.probability >= 0.3
            ? fmt::format("They may be honest: {} ({:.0f}%), {}.", honest.name, 100 * honest.probability, honest.reason)
            : fmt::format("No honest explanation fits well; the strongest sign: {}.", strongest_sign(judgement));
    return first + ". " + second;
  }

  static std::string strongest_sign(const Judgement& judgement) {
    for (const Finding& finding : judgement.findings) {
      if (finding.nats > 0) return finding.reason;
    }
    return "none";
  }

  const Store& store_;
  const Snapshot& snapshot_;
  const Weights& weights_;
  const JudgeOptions& options_;
  const Wandering wandering_;
};

std::vector<const Profile*> profiles_of(const Group& group, const Profiles& profiles) {
  std::vector<const Profile*> mine;
  for (const Vertex member : group.members) {
    const auto at = std::lower_bound(profiles.accounts.begin(), profiles.accounts.end(), member);
    mine.push_back(&profiles.of[static_cast<std::size_t>(at - profiles.accounts.begin())]);
  }
  return mine;
}

// Two rings with the same 32 bits of name: the later one, in the order of the groups, gets a suffix.
void separate_names(std::vector<Ring>& rings) {
  std::map<std::string, int> seen;
  for (Ring& ring : rings) {
    const int n = seen[ring.id]++;
    if (n > 0) ring.id += fmt::format("-{}", n + 1);
  }
}

}  // namespace

std::vector<Vertex> members_of(const std::vector<Group>& groups) {
  std::vector<Vertex> members;
  for (const Group& group : groups) members.insert(members.end(), group.members.begin(), group.members.end());
  std::sort(members.begin(), members.end());
  return members;
}

void mark_confirmed(const Snapshot& snapshot, const Decisions& decisions, Profiles& profiles) {
  if (decisions.empty()) return;
  for (std::size_t i = 0; i < profiles.accounts.size(); ++i) {
    StatedFact& status = profiles.of[i].facts.status;
    if (status.value() == "banned" || !decisions.is_confirmed(snapshot.accounts[profiles.accounts[i]])) continue;
    status = StatedFact("banned", kNoTime);  // the time would be that of another status
  }
}

std::vector<Ring> judge_groups(const Store& store, const Snapshot& snapshot, const Weights& weights,
                               const std::vector<Group>& groups, const Profiles& profiles, const JudgeOptions& options,
                               std::vector<std::size_t>* origins) {
  const Assembler assembler(store, snapshot, weights, options);
  const std::vector<Seed> nobody;
  std::vector<Ring> rings(groups.size());
  parallel_for(
      groups.size(), options.threads,
      [&](std::size_t g) {
        rings[g] = assembler.assemble(groups[g], profiles_of(groups[g], profiles), profiles.population,
                                      options.seeds != nullptr ? options.seeds->at(g) : nobody);
      },
      8);
  separate_names(rings);
  std::vector<std::size_t> order(rings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ranks_before(rings[a], rings[b]); });
  std::vector<Ring> ranked;
  ranked.reserve(rings.size());
  for (const std::size_t r : order) ranked.push_back(std::move(rings[r]));
  if (origins != nullptr) *origins = std::move(order);
  return ranked;
}

}  // namespace ringscope
