// How likely an honest explanation is.
#pragma once

#include <string>

#include "engine/detect/benign.h"

namespace ringscope::testing {

// Of all that explain_benign() gives; 0 when there is none of the name.
inline double explained(const Traits& traits, const std::string& name) {
  for (const BenignHypothesis& hypothesis : explain_benign(traits)) {
    if (hypothesis.name == name) return hypothesis.probability;
  }
  return 0;
}

}  // namespace ringscope::testing
