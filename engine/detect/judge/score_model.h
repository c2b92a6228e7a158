// The score of a group: a logistic model over graded features of its traits.
//
// A feature is 0 when nothing is known of what it measures, so data without prompts, cards or sign-up times is judged
// by the rest. Weights are nats for one unit of the feature; how they were fitted: docs/judgement.md,
// scripts/fit-score.
#pragma once

#include <string>
#include <vector>

#include "engine/detect/judge/traits.h"

namespace ringscope {

struct Feature {
  std::string name;
  double value = 0;
  std::string words;  // what was seen
};

// Is it one dispatcher's, by engine/detect/cluster/dispatch.h? Groups found otherwise have no members chosen for being
// even.
bool takes_turns(const Traits& traits);

// Are members driven by one program, [0, 1]? They ask prompts of their own, each at all hours, as much and for the same
// as one another. People who share something do not.
double by_one_program(const Traits& traits);

// Are they dealt out what is in one queue, [0, 1]? They ask from one store of prompts, each at all hours, and all are
// busy on the same days, however different what each is dealt. People who ask alike keep hours and days of their own.
double by_one_queue(const Traits& traits);

// Were the accounts made for a purpose, [0, 1]? In a tenth of the time or less in which as large a part of all accounts
// signed up; in half of it or more they were not, unless they were woken together. Nothing known: 0.
double made_at_once(const Traits& traits);

// Would an honest reason to ask alike show, were there one, [0, 1]? Of sixty accounts or more of whom it is known when
// they ask. Many meet by things alone whom nothing tells: strangers at one exit, a reseller's customers.
double would_be_explained(const Traits& traits);

// All features of a group, in the order of the table of weights.
std::vector<Feature> features_of(const Traits& traits);

// Nats a unit of the feature. Throws std::out_of_range for a name that has no weight.
double weight_of(const std::string& feature);

// A score's parts. Honest people are banned as everybody is, whatever explains their group, so bans count twice over:
// among the features, or by themselves against the explanation, whichever says more. What is certain they do not move.
// And a crowd that nothing honest explains is worth a look, however little its members are alike.
class Score {
 public:
  // The next feature. Throws as weight_of() does.
  double add(const std::string& feature, double value);  // its nats
  // By the features, less what the probability of an honest explanation takes off.
  double explained(double honest) const;
  // The features, with the bans set against the explanation.
  double with_bans(double honest) const;
  // That of a crowd which nothing honest explains, whatever its features say.
  double unexplained(double honest) const;
  // The largest of the three.
  double final(double honest) const;

 private:
  double nats_ = 0, of_bans_ = 0, ban_odds_ = 0, would_be_explained_ = 0;
};

}  // namespace ringscope
