#include "engine/detect/judge.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/detect/benign.h"

namespace ringscope {
namespace {

constexpr double kSmoothTraffic = 1e-4;    // p-value; one look for each ring
constexpr double kTurns = -10;             // standard deviations
constexpr double kPeopleTakeTurns = 0.05;  // what is left of an explanation by people who happen to be even
constexpr double kEnoughRequests = 200;    // for a mix of capabilities to be known

double step(double value, double none, double full) { return std::clamp((value - none) / (full - none), 0.0, 1.0); }

// One dispatcher's, by engine/detect/dispatch.h. Groups found otherwise have no members chosen for being even.
bool takes_turns(const Traits& t) {
  return t.turns_z < kTurns && std::find(t.likeness.begin(), t.likeness.end(), "traffic") != t.likeness.end();
}

void add(std::vector<Finding>& findings, double nats, std::string reason) {
  if (std::abs(nats) >= 0.05) findings.push_back({std::move(reason), nats});
}

void weigh_structure(const Traits& t, std::vector<Finding>& findings) {
  add(findings, -1.5, "most groups that share things are honest");
  switch (t.evidence_kinds()) {
    case 0:
    case 1:
      add(findings, -1.0, "one kind of shared thing only");
      break;
    case 2:
      add(findings, 1.0, "two independent kinds of shared things");
      break;
    default:
      add(findings, 1.5, fmt::format("{} independent kinds of shared things", t.evidence_kinds()));
  }
  // Honest people share an address or a card, and have the rest for themselves.
  add(findings, std::clamp(12.0 * (t.cohesion - 0.58), -2.5, 2.0),
      fmt::format("{:.0f}% of what a member touches is shared inside the group", 100 * t.cohesion));
  add(findings, t.exclusivity - 0.5,
      fmt::format("{:.0f}% of the accounts on the shared things are members", 100 * t.exclusivity));
  add(findings, 0.3 * std::log10(static_cast<double>(t.size) / 5.0), fmt::format("{} accounts", t.size));
  add(findings, 1.5 * std::min(1.0, 3 * t.banned),
      fmt::format("{:.0f}% of the members are banned already", 100 * t.banned));
  if (t.payers && *t.payers <= 0.5 && t.payer_reach < 0.8) {
    add(findings, step(static_cast<double>(t.size), 3, 10),
        "several payment means, each for many accounts, none for all");
  }
}

void weigh_behavior(const Traits& t, std::vector<Finding>& findings) {
  if (!t.has_activity) return;
  if (t.has_templates) {
    add(findings, 4.0 * t.template_overlap - 0.8,
        fmt::format("{:.0f}% of the sampled prompts are on templates common among members and rare elsewhere",
                    100 * t.template_overlap));
  }
  add(findings, step(t.active_hours, 17, 23) - step(t.active_hours, 15, 11),
      fmt::format("active {} hours of the day", t.active_hours));
  add(findings, -2.0 * step(t.weekend_share, 0.15, 0.05),
      fmt::format("{:.0f}% of the requests at weekends", 100 * t.weekend_share));
  add(findings, std::clamp(0.3 * std::log2(std::max(t.daily_requests, 0.1) / 4), -0.5, 1.5),
      fmt::format("{:.0f} requests per account on a day of activity", t.daily_requests));
  // What everybody asks for, in the same shares, is what end users ask for.
  const bool enough = t.daily_requests * t.member_days * static_cast<double>(t.size) >= kEnoughRequests;
  add(findings, 0.5 * std::min(1.0, t.capability_excess) - (enough ? 1 - step(t.capability_excess, 0.05, 0.25) : 0.0),
      fmt::format("capabilities {:.2f} bits off the population's", t.capability_excess));
  if (t.active_days >= 5) {
    add(findings, std::clamp(4.0 * (t.synchrony - 0.55), -1.2, 1.0),
        fmt::format("synchrony of daily activity {:.2f}", t.synchrony));
  }
  if (takes_turns(t))
    add(findings, 6.0, "each member has its even share of one stream at all hours, as one dispatcher deals it out");
  // Only a dispatcher makes a sum smoother than its parts allow. Even shares alone are what any job by the clock has.
  if (t.traffic_p < kSmoothTraffic && t.traffic_ratio < 1) {
    add(findings, 2.0 * step(t.traffic_ratio, 0.9, 0.4),
        fmt::format("traffic balanced: the sum is {:.2f} times as variable as independent accounts make it{}",
                    t.traffic_ratio, t.turns_z < -3 ? ", and they take turns" : ""));
  }
}

void doubt_people(std::vector<BenignHypothesis>& benign) {
  for (BenignHypothesis& one : benign) {
    if (one.name != "pipeline") one.probability *= kPeopleTakeTurns;
  }
  std::stable_sort(benign.begin(), benign.end(),
                   [](const BenignHypothesis& a, const BenignHypothesis& b) { return a.probability > b.probability; });
}

double probability(const std::vector<Finding>& findings) {
  double nats = 0;
  for (const Finding& finding : findings) nats += finding.nats;
  return 1.0 / (1.0 + std::exp(-nats));
}

}  // namespace

Judgement judge(const Traits& traits, const JudgeOptions& options) {
  Judgement result;
  weigh_structure(traits, result.findings);
  weigh_behavior(traits, result.findings);
  result.benign = explain_benign(traits);
  if (takes_turns(traits)) doubt_people(result.benign);
  const double honest = result.benign.front().probability;
  result.score = probability(result.findings) * (1 - 0.9 * honest);
  std::stable_sort(result.findings.begin(), result.findings.end(),
                   [](const Finding& a, const Finding& b) { return std::abs(a.nats) > std::abs(b.nats); });
  const bool may_ban = traits.evidence_kinds() >= 2 && traits.has_activity && honest <= options.ban_benign;
  if (may_ban && result.score >= options.ban_score) {
    result.tier = Tier::ban;
  } else if (result.score >= options.review_score) {
    result.tier = Tier::review;
  }
  return result;
}

}  // namespace ringscope
