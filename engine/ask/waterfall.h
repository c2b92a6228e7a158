// How a ring's score came to be, step by step: what each finding added, what an honest explanation took off, what
// people made of it.
#pragma once

#include <string>
#include <vector>

#include "engine/detect/ring/ring.h"

namespace ringscope {

struct ScoreStep {
  std::string name;   // of the feature (engine/detect/judge/score_model.h), "honest: office", "verdict"
  std::string title;  // in plain words
  std::string said;   // the same with its figures, as the ring's reasons have it; empty: they do not
  double value = 0;   // in the feature's unit; of an honest explanation its probability
  double nats = 0;    // added to the log-odds; 0 of steps that are none
  double score = 0;   // after this step
};

struct Waterfall {
  std::vector<ScoreStep> steps;  // the base, findings by effect, the honest explanation, the verdict
  bool exact = true;  // false: the run was judged by another program, whose weights are not known; titles still hold
};

// Empty for a ring without findings (a carried one, or of an earlier program). Findings that move the score by less
// than a hundredth of a nat are one step, "rest". O(features).
Waterfall waterfall_of(const Ring& ring);

// The part of a document, an object; its schema is in docs/schema/dossier.schema.json.
std::string waterfall_to_json(const Waterfall& waterfall);

}  // namespace ringscope
