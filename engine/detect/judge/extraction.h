// Does this traffic extract a model? What an account or a ring does, beside who it is: a logistic model over graded
// features of a traffic profile, held against what is usual in the window. It moves no ring's score and no tier.
//
// base             1       always
// capability_focus 0..1    divergence of the mix of capabilities from the public's, less what chance makes of few:
//                          0 up to 0.15 bits, 1 from 0.75 on
// repertoire       bits    requests per prompt skeleton: log2 of the templated requests less their entropy, times
//                          their share of all; 2.5 bits at most
// few_tasks        0..1    a job instead of a curriculum: 1 as with two skeletons, 0 as with eight, if they repeat
// round_the_clock  0..1    how even the hours are, allowing for Poisson's noise: 0 not known to be, 1 flat
// steady_days      0..1    the same of the days from the first to the last, five of them or more
// burst            0..1    on how few days it all happens: 1 as on three or fewer, 0 as on six or more
// output_heavy     octaves tokens out per token in, above the public's median account
// model_pivot      share   of the traffic that surely goes to a new model on the day after its first, above the
//                          public's, at most a fifth; below zero: that surely does not
// volume           octaves requests per account and active day, above the public's median
//
// A feature is 0 when nothing is known of what it measures. Weights are nats for one unit, one table for single
// accounts and one for groups, whose sums are surer; how they were fitted: docs/judgement.md, scripts/fit-extraction.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/detect/judge/profile.h"
#include "engine/detect/ring/ring.h"
#include "engine/detect/ring/usage_baseline.h"

namespace ringscope {

// What several accounts do together: the sums that the features are made of.
struct Traffic {
  std::size_t accounts = 0;        // summed up
  std::uint64_t account_days = 0;  // days of activity, each account's counted
  std::uint64_t requests = 0;
  std::uint64_t tokens_in = 0;
  std::uint64_t tokens_out = 0;
  std::uint64_t templated = 0;
  std::array<std::uint64_t, 24> hours{};            // requests by UTC hour
  std::vector<std::pair<Day, std::uint64_t>> days;  // requests by day, ascending, only days with a date
  std::vector<TagCount> tags;                       // ascending
  std::vector<TemplateCount> templates;             // sketch of all: the smallest hashes
  std::vector<ModelMove> moves;                     // parallel to UsageBaseline::new_models
};

// Sums up the profiles. O(days + tags + templates of all, sorted).
Traffic traffic_of(std::span<const Profile* const> profiles);

// Capabilities whose share of the traffic is surely (Wilson's lower bound, two deviations) half again the public's and
// five points above it; by that bound less the public's share, descending.
std::vector<std::string> targets_of(const Traffic& traffic, const UsageBaseline& baseline);

// The features of the table above, in its order, `nats` filled in; without activity none.
std::vector<ExtractionFeature> extraction_features(const Traffic& traffic, const UsageBaseline& baseline);

// Targets, features and probability of the accounts' traffic taken together; nothing without activity.
std::optional<Extraction> extraction_of(std::span<const Profile* const> profiles, const UsageBaseline& baseline);

// Only the probability, of one account; nothing without activity.
std::optional<double> extraction_probability(const Profile& profile, const UsageBaseline& baseline);

// Whose weights are meant.
enum class TrafficOf { account, group };

// Nats a unit of the feature. Throws std::out_of_range for a name that has no weight.
double extraction_weight(const std::string& feature, TrafficOf whose);

}  // namespace ringscope
