#include "engine/detect/judge/judge.h"

#include <algorithm>
#include <cmath>

#include "engine/detect/judge/benign.h"
#include "engine/detect/judge/score_model.h"

namespace ringscope {
namespace {

constexpr double kPeopleTakeTurns = 0.05;  // what is left of an explanation by people who happen to be even

void doubt_people(std::vector<BenignHypothesis>& benign) {
  for (BenignHypothesis& one : benign) {
    if (one.name != "pipeline") one.probability *= kPeopleTakeTurns;
  }
  std::stable_sort(benign.begin(), benign.end(),
                   [](const BenignHypothesis& a, const BenignHypothesis& b) { return a.probability > b.probability; });
}

}  // namespace

Judgement judge(const Traits& traits, const JudgeOptions& options) {
  Judgement result;
  result.benign = explain_benign(traits);
  if (takes_turns(traits)) doubt_people(result.benign);
  Score score;
  for (Feature& feature : features_of(traits)) {
    const double nats = score.add(feature.name, feature.value);
    result.findings.push_back({std::move(feature.name), feature.value, nats, std::move(feature.words)});
  }
  result.score = score.final(any_benign(result.benign));
  std::stable_sort(result.findings.begin(), result.findings.end(),
                   [](const Finding& a, const Finding& b) { return std::abs(a.nats) > std::abs(b.nats); });
  const bool may_ban =
      traits.evidence_kinds() >= 2 && traits.has_activity && result.benign.front().probability <= options.ban_benign;
  if (may_ban && result.score >= options.ban_score) {
    result.tier = Tier::ban;
  } else if (result.score >= options.review_score) {
    result.tier = Tier::review;
  }
  return result;
}

}  // namespace ringscope
