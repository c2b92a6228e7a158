#include "engine/ask/waterfall.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/detect/judge/benign.h"
#include "engine/detect/judge/graded.h"
#include "engine/detect/judge/judge.h"
#include "engine/detect/judge/score_model.h"
#include "engine/detect/ring/json_parts.h"

namespace ringscope {
namespace {

constexpr double kSmall = 0.01;        // nats
constexpr double kSmallBenign = 0.05;  // probability of an honest explanation, to be named

constexpr std::array<std::pair<const char*, const char*>, 33> kTitles{{
    {"base", "most groups that share things are honest"},
    {"two_kinds", "more than one kind of shared things"},
    {"more_kinds", "further independent kinds"},
    {"prompts_alone", "they ask alike what hardly anybody else asks"},
    {"cohesion", "how much of what members have is shared inside"},
    {"exclusivity", "how few strangers are on the shared things"},
    {"size", "number of accounts"},
    {"banned", "members banned or confirmed already"},
    {"ban_odds", "what their number says by itself"},
    {"unexplained", "so many, and what is known of them tells no honest reason"},
    {"roaming", "on many networks with others of the ring"},
    {"wandering", "hardly ever on the same network again"},
    {"interlocked", "things dealt out of several stocks"},
    {"dealt_names", "several mail domains dealt out"},
    {"relay", "one after the other made and used up"},
    {"made_at_once", "signed up, or woken, at once"},
    {"grown", "signed up over time, as a body of people grows"},
    {"split_payments", "several payment means, each for many"},
    {"prompts", "prompts common among members and rare elsewhere"},
    {"own_prompts", "prompts of their own, or everybody's"},
    {"round_the_clock", "active at all hours"},
    {"few_hours", "active in few hours only"},
    {"weekdays", "rests at weekends"},
    {"volume", "requests for each account and day"},
    {"capability_focus", "asks for other things than everybody"},
    {"everybodys_mix", "asks for what everybody asks for"},
    {"synchrony", "active on the same days"},
    {"hour_spread", "members keep hours of their own"},
    {"capability_spread", "members ask for different things"},
    {"rate_spread", "members differ in volume"},
    {"one_program", "driven as by one program"},
    {"turns", "even shares of one stream"},
    {"smooth_traffic", "a sum smoother than its parts allow"},
}};

std::string title_of(const std::string& feature) {
  const auto found = std::ranges::find_if(kTitles, [&](const auto& one) { return feature == one.first; });
  return found == kTitles.end() ? feature : found->second;
}

// The sentences of a ring's findings, in their order.
class Sentences {
 public:
  explicit Sentences(const Ring& ring) : reasons_(ring.reasons) {}

  // Of the next finding, of so many nats; empty where the reasons leave it out, or are of other weights.
  std::string next(double nats) {
    if (std::abs(nats) < kLeastNats) return {};
    const std::string mark = fmt::format("{:+.1f} ", nats);
    const auto found = std::find_if(reasons_.begin() + at_, reasons_.end(),
                                    [&](const std::string& reason) { return reason.starts_with(mark); });
    if (found == reasons_.end()) return {};
    at_ = found - reasons_.begin() + 1;
    return found->substr(mark.size());
  }

 private:
  const std::vector<std::string>& reasons_;
  std::ptrdiff_t at_ = 0;
};

// Nothing for a feature that this program does not weigh.
double nats_of(const std::string& feature, double value, Score& score, bool& exact) {
  try {
    return score.add(feature, value);
  } catch (const std::out_of_range&) {
    exact = false;
    return 0;
  }
}

// What says more than the features and the explanation together.
ScoreStep last_word(const Score& score, double honest, const Ring& ring) {
  const bool bans = score.with_bans(honest) > score.unexplained(honest);
  const std::string name = bans ? "ban_odds" : "unexplained";
  const auto value = std::ranges::find(ring.features, name, [](const auto& one) { return one.first; })->second;
  const std::string title =
      bans ? "too many are banned for an honest group" : "so many accounts, and nothing honest explains them";
  return {name, title, "", value, 0, score.final(honest)};
}

}  // namespace

Waterfall waterfall_of(const Ring& ring) {
  Waterfall result;
  if (ring.features.empty()) return result;
  double nats = 0, rest = 0;
  Score score;
  std::vector<ScoreStep> findings;
  Sentences sentences(ring);
  for (const auto& [name, value] : ring.features) {
    const double its = nats_of(name, value, score, result.exact);
    std::string said = sentences.next(its);
    if (name != "base" && std::abs(its) < kSmall) {
      rest += its;
    } else {
      findings.push_back({name, title_of(name), std::move(said), value, its, 0});
    }
  }
  std::ranges::stable_sort(findings, std::greater<>(),
                           [](const ScoreStep& step) { return std::pair(step.name == "base", std::abs(step.nats)); });
  if (rest != 0) findings.push_back({"rest", "all else", "", 0, rest, 0});
  for (ScoreStep& step : findings) {
    nats += step.nats;
    step.score = logistic(nats);
    result.steps.push_back(std::move(step));
  }
  const double honest = any_benign(ring.benign);
  if (!ring.benign.empty()) {
    std::vector<std::string> names;
    for (const BenignHypothesis& one : ring.benign) {
      if (one.probability >= kSmallBenign || names.empty()) names.push_back(one.name);
    }
    result.steps.push_back({fmt::format("honest: {}", fmt::join(names, ", ")), ring.benign.front().reason, "", honest,
                            0, score.explained(honest)});
  }
  if (score.final(honest) > score.explained(honest)) result.steps.push_back(last_word(score, honest, ring));
  const double said = ring.engine ? ring.engine->score : ring.score;
  result.exact = result.exact && std::abs(score.final(honest) - said) < 1e-6;
  if (!result.exact) result.steps.back().score = said;
  if (ring.engine) result.steps.push_back({"verdict", "people decided", "", 0, 0, ring.score});
  return result;
}

std::string waterfall_to_json(const Waterfall& waterfall) {
  Json steps = Json::array();
  for (const ScoreStep& step : waterfall.steps) {
    steps.push_back({{"name", step.name},
                     {"title", step.title},
                     {"said", text_json(step.said)},
                     {"value", step.value},
                     {"nats", step.nats},
                     {"score", step.score}});
  }
  return dump({{"exact", waterfall.exact}, {"steps", std::move(steps)}});
}

}  // namespace ringscope
