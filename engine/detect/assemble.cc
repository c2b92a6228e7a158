// Judged groups become rings: names, evidence, behaviour, members, words.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/parallel.h"
#include "base/random.h"
#include "engine/detect/judge.h"

namespace ringscope {
namespace {

// A member that shares this little of its own with the ring, or nothing of what the ring asks, may be there by accident.
constexpr double kFirmCohesion = 0.25;
constexpr double kRingOverlap = 0.4;    // a ring that asks the same things …
constexpr double kMemberOverlap = 0.05; // … and a member that asks none of them

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
      : store_(store), snapshot_(snapshot), weights_(weights), options_(options) {}

  Ring assemble(const Group& group, std::span<const Profile* const> profiles, const Population& population) const {
    const GroupEvidence evidence = gather_evidence(snapshot_, weights_, group);
    const Traits traits = traits_of(snapshot_, group, evidence, profiles, population, store_);
    const Judgement judgement = judge(traits, options_);
    Ring ring;
    ring.tier = judgement.tier;
    ring.score = judgement.score;
    ring.behavior = behavior_of(profiles, traits, store_);
    ring.first_seen = evidence.first;
    ring.last_seen = evidence.last;
    for (const std::size_t layer : traits.kinds) ring.kinds.push_back(snapshot_.layers[layer].name);
    for (const Finding& finding : judgement.findings) ring.reasons.push_back(fmt::format("{:+.1f} {}", finding.nats, finding.reason));
    for (const BenignHypothesis& hypothesis : judgement.benign) {
      if (hypothesis.probability >= 0.001) ring.benign.push_back(hypothesis);
    }
    add_evidence(evidence, ring);
    add_members(group, profiles, population, evidence, traits, ring);
    name_ring(group, ring);
    ring.summary = summarize(traits, evidence, judgement, ring);
    return ring;
  }

 private:
  void add_evidence(const GroupEvidence& evidence, Ring& ring) const {
    ring.evidence_count = evidence.shared.size();
    const std::size_t kept = std::min<std::size_t>(evidence.shared.size(), options_.evidence_per_ring);
    std::vector<VertexKey> keys;
    for (std::size_t i = 0; i < kept; ++i) keys.push_back(snapshot_.entities[evidence.shared[i].entity]);
    const auto names = store_.names_of(keys);
    for (std::size_t i = 0; i < kept; ++i) {
      const SharedEntity& shared = evidence.shared[i];
      ring.evidence.push_back({store_.kind_name(keys[i].kind), keys[i], name_or_key(names[i], keys[i].hash), shared.members,
                               shared.population, shared.bits, shared.first, shared.last});
    }
  }

  void add_members(const Group& group, std::span<const Profile* const> profiles, const Population& population,
                   const GroupEvidence& evidence, const Traits& traits, Ring& ring) const {
    std::vector<VertexKey> keys;
    for (const Vertex member : group.members) keys.push_back({kAccountKind, snapshot_.accounts[member]});
    const auto names = store_.names_of(keys);
    const std::vector<double> overlaps = member_overlaps(profiles, population);
    const std::vector<std::string> shared = member_evidence(group, evidence);
    for (std::size_t m = 0; m < group.members.size(); ++m) {
      Member member;
      member.account = keys[m].hash;
      member.name = name_or_key(names[m], member.account);
      member.membership = static_cast<double>(group.cohesion[m]);
      const bool asks_other_things = traits.template_overlap >= kRingOverlap && profiles[m]->templated >= 5 &&
                                     overlaps[m] < kMemberOverlap;
      const double doubt = (asks_other_things ? 0.3 : 1.0) * (member.membership < kFirmCohesion ? 0.8 : 1.0);
      member.score = ring.score * doubt;
      member.tier = tier_of(ring.tier, member.score);
      member.reasons.push_back(shared[m]);
      member.reasons.push_back(fmt::format("{:.0f}% of what it touches is shared inside the ring", 100 * member.membership));
      if (asks_other_things) member.reasons.push_back("asks nothing that the ring asks");
      ring.members.push_back(std::move(member));
    }
    std::sort(ring.members.begin(), ring.members.end(), [](const Member& a, const Member& b) {
      return std::tuple(-a.membership, std::string_view(a.name)) < std::tuple(-b.membership, std::string_view(b.name));
    });
  }

  Tier tier_of(Tier ring, double score) const {
    const Tier own = score >= options_.ban_score ? Tier::ban : score >= options_.review_score ? Tier::review : Tier::watch;
    return std::min(ring, own);
  }

  // For each member: share of its sampled requests on templates that another member uses and few outside the ring do.
  static std::vector<double> member_overlaps(std::span<const Profile* const> profiles, const Population& population) {
    std::map<KeyHash, std::uint64_t> members;
    for (const Profile* profile : profiles) {
      for (const TemplateCount& entry : profile->templates) ++members[entry.template_hash];
    }
    const auto users = [&](KeyHash hash) {
      return std::lower_bound(population.templates.begin(), population.templates.end(), TemplateCount{hash, 0})->count;
    };
    std::vector<double> overlaps;
    for (const Profile* profile : profiles) {
      double all = 0, shared = 0;
      for (const TemplateCount& entry : profile->templates) {
        all += static_cast<double>(entry.count);
        const std::uint64_t inside = members[entry.template_hash];
        if (inside >= 2 && 2 * inside >= users(entry.template_hash)) shared += static_cast<double>(entry.count);
      }
      overlaps.push_back(all > 0 ? shared / all : 0.0);
    }
    return overlaps;
  }

  // For each member, in words: how many of the ring's things it is on.
  std::vector<std::string> member_evidence(const Group& group, const GroupEvidence& evidence) const {
    std::vector<std::map<std::string, int>> counts(group.members.size());
    const BipartiteGraph graph = snapshot_.graph();
    for (const SharedEntity& shared : evidence.shared) {
      const std::string kind = store_.kind_name(snapshot_.entities[shared.entity].kind);
      for (const Vertex account : graph.lefts_of(shared.entity)) {
        const auto at = std::lower_bound(group.members.begin(), group.members.end(), account);
        if (at != group.members.end() && *at == account) ++counts[static_cast<std::size_t>(at - group.members.begin())][kind];
      }
    }
    std::vector<std::string> words;
    for (const auto& count : counts) {
      std::vector<std::string> parts;
      for (const auto& [kind, n] : count) parts.push_back(fmt::format("{} {}", n, kind));
      words.push_back("shares with other members: " + (parts.empty() ? std::string("nothing") : fmt::format("{}", fmt::join(parts, ", "))));
    }
    return words;
  }

  // Named after the smallest account key, so that growth by others does not rename it.
  void name_ring(const Group& group, Ring& ring) const {
    ring.id = fmt::format("R-{:08x}", mix64(snapshot_.accounts[group.members.front()]) >> 32);
  }

  std::string summarize(const Traits& traits, const GroupEvidence& evidence, const Judgement& judgement, const Ring& ring) const {
    std::vector<std::string> things;
    for (const std::size_t layer : traits.kinds) {
      const auto is_layer = [&](const SharedEntity& shared) {
        return snapshot_.entities[shared.entity].kind == snapshot_.layers[layer].kind;
      };
      const auto n = static_cast<std::uint64_t>(std::count_if(evidence.shared.begin(), evidence.shared.end(), is_layer));
      things.push_back(fmt::format("{} {}{}", grouped(n), snapshot_.layers[layer].name, n == 1 ? "" : "s"));
    }
    std::string first = fmt::format("{} accounts share {}", grouped(traits.size),
                                    things.empty() ? std::string("few things of several kinds") : fmt::format("{}", fmt::join(things, ", ")));
    if (traits.has_activity) first += fmt::format(" and sent {} requests in {} of 24 hours", grouped(ring.behavior.requests), traits.active_hours);
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
};

std::vector<Vertex> all_members(const std::vector<Group>& groups) {
  std::vector<Vertex> members;
  for (const Group& group : groups) members.insert(members.end(), group.members.begin(), group.members.end());
  std::sort(members.begin(), members.end());
  return members;
}

std::vector<const Profile*> profiles_of(const Group& group, const std::vector<Vertex>& accounts, const Profiles& profiles) {
  std::vector<const Profile*> mine;
  for (const Vertex member : group.members) {
    const auto at = std::lower_bound(accounts.begin(), accounts.end(), member);
    mine.push_back(&profiles.of[static_cast<std::size_t>(at - accounts.begin())]);
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

std::vector<Ring> judge_groups(const Store& store, const Snapshot& snapshot, const Weights& weights,
                               const std::vector<Group>& groups, const JudgeOptions& options) {
  const std::vector<Vertex> accounts = all_members(groups);
  const Profiles profiles = read_profiles(store, snapshot, accounts, options.threads);
  const Assembler assembler(store, snapshot, weights, options);
  std::vector<Ring> rings(groups.size());
  parallel_for(groups.size(), options.threads, [&](std::size_t g) {
    rings[g] = assembler.assemble(groups[g], profiles_of(groups[g], accounts, profiles), profiles.population);
  }, 8);
  separate_names(rings);
  std::sort(rings.begin(), rings.end(), [](const Ring& a, const Ring& b) {
    return std::tuple(-static_cast<int>(a.tier), -a.score, -static_cast<double>(a.members.size()), std::string_view(a.id)) <
           std::tuple(-static_cast<int>(b.tier), -b.score, -static_cast<double>(b.members.size()), std::string_view(b.id));
  });
  return rings;
}

}  // namespace ringscope
