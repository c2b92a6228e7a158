#include "engine/detect/judge/member_doubts.h"

#include <algorithm>

#include "algorithms/median.h"
#include "engine/detect/project/likeness_plan.h"

namespace ringscope {
namespace {

constexpr double kFirmCohesion = 0.25;      // of what it touches, shared inside
constexpr double kRingOverlap = 0.4;        // in a ring whose members ask the same things this much …
constexpr double kMemberOverlap = 0.15;     // … a member that asks less than this part of it asks something else …
constexpr double kFirmOverlap = 0.35;       // … and one below this part may
constexpr std::uint64_t kFewTemplated = 3;  // fewer requests than this say nothing
constexpr double kDoubtOtherThings = 0.4;   // factors of the ring's score
constexpr double kDoubtOneKind = 0.6;
constexpr double kDoubtLoose = 0.8;
constexpr int kCloseKinds = 3;   // independent kinds of likeness …
constexpr float kCloseOdds = 8;  // … and bits of log-odds, so that chance brings fewer than one in a hundred

// A template is the ring's, and not that of a family or an office inside it, when this many members use it.
std::uint64_t widespread_users(std::size_t members) {
  const auto n = static_cast<double>(members);
  return static_cast<std::uint64_t>(std::max(0.1 * n, std::min(8.0, 0.5 * n)));
}

// A kind ties a member to the ring, and not only to its family inside it, when it meets this many others there.
std::uint64_t least_others(std::size_t members) {
  return static_cast<std::uint64_t>(std::min(5.0, 0.4 * static_cast<double>(members)));
}

// For each member: share of its sampled requests on templates that are common in the ring.
// Templates count that at least `least_users` members use.
std::vector<double> member_overlaps(std::span<const Profile* const> profiles, const Population& population,
                                    std::uint64_t least_users) {
  std::map<KeyHash, std::uint64_t> members;
  for (const Profile* profile : profiles) {
    for (const TemplateCount& entry : profile->prompts) ++members[entry.template_hash];
  }
  std::vector<double> overlaps;
  for (const Profile* profile : profiles) {
    double all = 0, shared = 0;
    for (const TemplateCount& entry : profile->prompts) {
      all += static_cast<double>(entry.count);
      const std::uint64_t users = members[entry.template_hash];
      if (users >= least_users && asked_by(population, entry.template_hash, users, profiles.size()) == AskedBy::group) {
        shared += static_cast<double>(entry.count);
      }
    }
    overlaps.push_back(all > 0 ? shared / all : 0.0);
  }
  return overlaps;
}

// Few prompts, or others, do not make it an innocent.
bool is_close(const MemberLikeness& likeness) { return likeness.kinds >= kCloseKinds && likeness.odds >= kCloseOdds; }

}  // namespace

// What a member asks, held against the ring's prompts.
struct MemberDoubts::Asking {
  bool other_things = false;
  bool little = false;     // of what the ring asks
  bool too_few = false;    // requests to tell
  bool unlike_it = false;  // where most members are alike in prompts
};

MemberDoubts::MemberDoubts(std::span<const Profile* const> profiles, const Population& population, const Traits& traits)
    : profiles_(profiles),
      traits_(traits),
      alike_in_prompts_(traits.is_alike_in(kPrompts)),
      overlaps_(member_overlaps(profiles, population, 2)),
      widespread_(member_overlaps(profiles, population, widespread_users(profiles.size()))),
      usual_(median(widespread_)) {}

MemberDoubts::Asking MemberDoubts::asking_of(std::size_t m, const MemberLikeness& likeness) const {
  const double ring = traits_.template_overlap;
  const bool asks = profiles_[m]->templated >= kFewTemplated;
  Asking asking;
  if (ring >= kRingOverlap) {
    asking.too_few = !asks;
    asking.other_things = asks && overlaps_[m] < kMemberOverlap * ring;
    asking.little = asks && !asking.other_things && widespread_[m] < kFirmOverlap * std::min(ring, usual_);
  }
  // Much of one's own beside the ring's prompts makes the overlap small in all its members.
  asking.unlike_it = asks && alike_in_prompts_ && likeness.of > 0 && likeness.asks == 0;
  return asking;
}

double MemberDoubts::factor(std::size_t m, const MemberFacts& facts, std::vector<std::string>& reasons) const {
  const Asking asking = asking_of(m, facts.likeness);
  const auto firm_kinds = std::ranges::count_if(
      facts.ties, [&](const auto& kind) { return kind.second.others >= least_others(profiles_.size()); });
  const bool one_kind = traits_.evidence_kinds() >= 2 && firm_kinds < 2 && facts.likeness.kinds < 2;
  const bool by_chance = !one_kind && firm_kinds < 2 && facts.likeness.of > 0 && facts.likeness.odds < kCloseOdds;
  if (asking.other_things) reasons.emplace_back("asks nothing that the ring asks");
  if (asking.little) reasons.emplace_back("asks little of what the ring asks");
  if (asking.too_few) reasons.emplace_back("too few requests to compare with the ring's");
  if (asking.unlike_it && !asking.other_things && !asking.little)
    reasons.emplace_back("not like the others in what it asks");
  if (one_kind) reasons.emplace_back("tied to more than a few members by one kind of thing at most");
  const bool tools_only = facts.likeness.tools_only != 0 && firm_kinds < 2;
  if (tools_only) reasons.emplace_back("like the others in a client and prompts alone, which others have as well");
  if (by_chance) reasons.emplace_back("like the others, but chance is not ruled out");

  const bool close = is_close(facts.likeness);
  const bool loose_prompts = !close && (asking.little || asking.too_few || asking.unlike_it);
  return (asking.other_things && !close ? kDoubtOtherThings : 1.0) *
         (one_kind || by_chance || tools_only || loose_prompts || (asking.other_things && close) ? kDoubtOneKind
                                                                                                 : 1.0) *
         (facts.membership < kFirmCohesion ? kDoubtLoose : 1.0);
}

}  // namespace ringscope
