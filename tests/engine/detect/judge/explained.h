// How likely an honest explanation is, and what a feature of the score comes to.
#pragma once

#include <algorithm>
#include <string>

#include "engine/detect/judge/benign.h"
#include "engine/detect/judge/score_model.h"

namespace ringscope::testing {

// Of all that explain_benign() gives; 0 when there is none of the name.
inline double explained(const Traits& traits, const std::string& name) {
  for (const BenignHypothesis& hypothesis : explain_benign(traits)) {
    if (hypothesis.name == name) return hypothesis.probability;
  }
  return 0;
}

// Forty colleagues of one office.
inline Traits colleagues() {
  Traits traits;
  traits.size = 40;
  traits.kinds = {0, 1};
  traits.has_activity = true;
  traits.active_days = 30;
  traits.active_hours = 9;
  traits.address_reach = 0.5;
  return traits;
}

// Forty who ask little, each for his own ends, on days of his own.
inline Traits people() {
  Traits traits;
  traits.size = 40;
  traits.kinds = {0, 1};
  traits.has_activity = true;
  traits.has_templates = true;
  traits.has_capabilities = true;
  traits.daily_requests = 5;
  traits.active_days = 30;
  traits.member_days = 12;
  traits.active_hours = 14;
  traits.synchrony = 0.45;
  traits.hour_spread = 0.06;
  traits.capability_spread = 0.1;
  traits.rate_spread = 1;
  traits.weekend_share = 0.25;
  return traits;
}

// The value of one of features_of().
inline double feature(const Traits& traits, const std::string& name) {
  const auto all = features_of(traits);
  return std::ranges::find(all, name, &Feature::name)->value;
}

}  // namespace ringscope::testing
