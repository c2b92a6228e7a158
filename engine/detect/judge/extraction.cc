#include "engine/detect/judge/extraction.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/detect/judge/graded.h"

namespace ringscope {
namespace {

// Written by scripts/fit-extraction.
struct Weight {
  const char* name;
  double account, group;
};
constexpr std::array<Weight, 10> kWeights = {{
#include "engine/detect/judge/extraction_weights.inc"
}};

constexpr double kLeastShare = 1e-4;       // taken of a capability that the public does not ask for
constexpr double kLeastFocus = 0.15;       // bits, as honest groups have
constexpr double kMostFocus = 0.75;        // bits, and more is no more suspicious
constexpr double kMostRepertoire = 2.5;    // bits
constexpr double kTemplatesKnown = 8;      // templated requests, for half the weight of their repertoire
constexpr double kRequestsKnown = 10;      // requests, for half the weight of their tokens and days
constexpr double kUnevenHours = 0.25;      // squared coefficient of variation at which hours are nobody's clock
constexpr double kUnevenDays = 0.5;        // the same of days
constexpr Day kLeastDays = 5;              // from the first to the last
constexpr double kBurstDays = 3;           // as many or fewer, effectively: a burst
constexpr double kManyDays = 6;            // as many or more: none
constexpr double kMostPivot = 0.2;         // of the share: a complete move is a benchmark's, half a move a campaign's
constexpr double kDeviations = 1.64;       // one-sided 95%
constexpr std::uint64_t kLeastBefore = 5;  // requests before the new model, for a move to be one
constexpr double kLeastLift = 1.5;         // of a target, over the public's share
constexpr double kLeastExcess = 0.05;      // of a target, above the public's share
constexpr double kTargetDeviations = 2;

template <class Entry, class Key>
void merge_counts(std::vector<Entry>& entries, const Key& key) {
  std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) { return key(a) < key(b); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (kept > 0 && key(entries[kept - 1]) == key(entries[i])) {
      entries[kept - 1].count += entries[i].count;
    } else {
      entries[kept++] = entries[i];
    }
  }
  entries.resize(kept);
}

// Lower end of Wilson's interval for a share of n draws.
double lower_share(double share, double n, double deviations) {
  if (n <= 0) return 0;
  const double z2 = deviations * deviations;
  const double middle = share + z2 / (2 * n);
  const double spread = deviations * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  return std::max(0.0, (middle - spread) / (1 + z2 / n));
}

double public_share(const UsageBaseline& baseline, VertexKey capability) {
  const auto at = std::lower_bound(baseline.capabilities.begin(), baseline.capabilities.end(), capability,
                                   [](const CapabilityShare& a, const VertexKey& key) { return a.capability < key; });
  const bool known = at != baseline.capabilities.end() && at->capability == capability;
  return known ? std::max(kLeastShare, at->share) : kLeastShare;
}

// Calls visit(capability, requests) for each that was asked for; gives the sum of the requests.
template <class Visit>
double each_capability(const Traffic& traffic, const UsageBaseline& baseline, const Visit& visit) {
  double total = 0;
  if (baseline.capabilities.empty()) return total;
  const KindId kind = baseline.capabilities.front().capability.kind;
  for (const TagCount& tag : traffic.tags) {
    if (tag.tag.kind == kind) total += static_cast<double>(tag.count);
  }
  for (const TagCount& tag : traffic.tags) {
    if (tag.tag.kind == kind && tag.count > 0) visit(tag.tag, static_cast<double>(tag.count), total);
  }
  return total;
}

ExtractionFeature capability_focus(const Traffic& traffic, const UsageBaseline& baseline) {
  double bits = 0, asked = 0;
  const double total = each_capability(traffic, baseline, [&](VertexKey capability, double requests, double all) {
    const double share = requests / all;
    bits += share * std::log2(share / public_share(baseline, capability));
    asked += 1;
  });
  if (total == 0) return {"capability_focus", 0, 0, "no capabilities are known"};
  const double chance = (asked - 1) / (2 * total * std::log(2.0));  // Miller and Madow
  // What few requests show may still be chance.
  const double sure = std::max(0.0, bits - chance) * total / (total + 5);
  const std::vector<std::string> targets = targets_of(traffic, baseline);
  return {"capability_focus", std::clamp((sure - kLeastFocus) / (kMostFocus - kLeastFocus), 0.0, 1.0), 0,
          fmt::format("what is asked for is {:.2f} bits off the public's mix{}{}", bits,
                      targets.empty() ? "" : "; far more of it is ", fmt::join(targets, ", "))};
}

// A bottom-k sketch is a sample of the templates: their number follows from how far its hashes reach.
double distinct_templates(const Traffic& traffic) {
  const auto kept = static_cast<double>(traffic.templates.size());
  if (traffic.templates.size() < kTemplateSketchSize) return kept;
  const double reach = static_cast<double>(traffic.templates.back().template_hash) /
                       static_cast<double>(std::numeric_limits<KeyHash>::max());
  return std::max(kept, (kept - 1) / std::max(reach, 1e-15));
}

struct Repertoire {
  double share = 0;     // of the requests that carry a template
  double distinct = 0;  // templates, estimated
  double entropy = 0;   // bits
  double fillings = 0;  // bits: log2 of the requests of a skeleton, in the geometric mean
  double known = 0;     // 0 with no templated request, towards 1 with many
};

Repertoire repertoire_of(const Traffic& traffic) {
  Repertoire result;
  double sampled = 0;
  for (const TemplateCount& entry : traffic.templates) sampled += static_cast<double>(entry.count);
  if (traffic.templated == 0 || sampled == 0) return result;
  for (const TemplateCount& entry : traffic.templates) {
    const double share = static_cast<double>(entry.count) / sampled;
    if (share > 0) result.entropy -= share * std::log2(share);
  }
  const auto templated = static_cast<double>(traffic.templated);
  result.distinct = distinct_templates(traffic);
  result.entropy += std::log2(result.distinct / static_cast<double>(traffic.templates.size()));
  result.fillings = std::max(0.0, std::log2(templated) - result.entropy);
  result.share = std::min(1.0, templated / static_cast<double>(traffic.requests));
  result.known = templated / (templated + kTemplatesKnown);
  return result;
}

ExtractionFeature repertoire(const Repertoire& r) {
  if (r.share == 0) return {"repertoire", 0, 0, "no prompt skeletons are known"};
  return {"repertoire", std::min(kMostRepertoire, r.fillings) * r.share * r.known, 0,
          fmt::format("{:.0f}% of the requests fill some {:.0f} prompt skeletons, {:.0f} times each", 100 * r.share,
                      r.distinct, std::exp2(r.fillings))};
}

// A customer's job or a benchmark fills a few skeletons for ever; who takes a model home asks a curriculum.
ExtractionFeature few_tasks(const Repertoire& r) {
  if (r.share == 0) return {"few_tasks", 0, 0, "no prompt skeletons are known"};
  const double few = std::clamp((3 - r.entropy) / 2, 0.0, 1.0);
  const double repeated = std::clamp((r.fillings - 1) / 2, 0.0, 1.0);
  return {"few_tasks", few * repeated * r.share * r.known, 0,
          fmt::format("as if of {:.0f} tasks only", std::exp2(r.entropy))};
}

// 0: not known to be steady, 1: flat. What Poisson's noise may hide is taken for unevenness.
double steadiness(std::span<const double> counts, double uneven) {
  double total = 0;
  for (const double count : counts) total += count;
  if (counts.size() < 2 || total == 0) return 0;
  const auto n = static_cast<double>(counts.size());
  const double mean = total / n;
  double chi_square = 0;
  for (const double count : counts) chi_square += (count - mean) * (count - mean) / mean;
  const double most = chi_square - (n - 1) + kDeviations * std::sqrt(2 * (n - 1));
  const double variation = std::max(0.0, most) / ((n - 1) * mean);
  return 1 - std::min(1.0, variation / uneven);
}

ExtractionFeature round_the_clock(const Traffic& traffic) {
  std::array<double, 24> hours{};
  for (std::size_t h = 0; h < hours.size(); ++h) hours[h] = static_cast<double>(traffic.hours[h]);
  const double value = steadiness(hours, kUnevenHours);
  return {"round_the_clock", value, 0,
          value > 0 ? fmt::format("the 24 hours are {:.0f}% even", 100 * value)
                    : std::string("the hours are not known to be even")};
}

ExtractionFeature steady_days(const Traffic& traffic) {
  if (traffic.days.empty() || traffic.days.back().first - traffic.days.front().first + 1 < kLeastDays)
    return {"steady_days", 0, 0, "too few days to tell whether they are even"};
  std::vector<double> days(static_cast<std::size_t>(traffic.days.back().first - traffic.days.front().first + 1), 0.0);
  for (const auto& [day, requests] : traffic.days)
    days[static_cast<std::size_t>(day - traffic.days.front().first)] = static_cast<double>(requests);
  const double value = steadiness(days, kUnevenDays);
  return {"steady_days", value, 0,
          value > 0 ? fmt::format("{} days, {:.0f}% even", days.size(), 100 * value)
                    : std::string("the days are not known to be even")};
}

// A benchmark runs for a day, a hackathon for a weekend; who takes a model home works for weeks.
ExtractionFeature burst(const Traffic& traffic, const UsageBaseline& baseline) {
  if (baseline.days < static_cast<std::uint32_t>(kLeastDays) || traffic.days.empty())
    return {"burst", 0, 0, "too few days to tell whether the traffic is a burst"};
  double total = 0, squares = 0;
  for (const auto& [day, requests] : traffic.days) {
    const auto n = static_cast<double>(requests);
    total += n;
    squares += n * n;
  }
  const double days = total * total / squares;  // as if spread evenly over so many
  const double known = total / (total + kRequestsKnown);
  return {"burst", known * std::clamp((kManyDays - days) / (kManyDays - kBurstDays), 0.0, 1.0), 0,
          fmt::format("the requests are as if spread over {:.1f} days", days)};
}

ExtractionFeature output_heavy(const Traffic& traffic, const UsageBaseline& baseline) {
  if (traffic.tokens_in == 0 || traffic.tokens_out == 0) return {"output_heavy", 0, 0, "no tokens are known"};
  const auto requests = static_cast<double>(traffic.requests);
  const double octaves = std::log2(static_cast<double>(traffic.tokens_out) / static_cast<double>(traffic.tokens_in));
  const double value = (octaves - baseline.output) * requests / (requests + kRequestsKnown);
  return {"output_heavy", std::clamp(value, -1.0, 2.0), 0,
          fmt::format("{:.2f} tokens out for one in; the public's median is {:.2f}, one account in ten has {:.2f}",
                      std::exp2(octaves), std::exp2(baseline.output), std::exp2(baseline.output_high))};
}

ExtractionFeature model_pivot(const Traffic& traffic, const UsageBaseline& baseline) {
  ExtractionFeature best{"model_pivot", 0, 0, "no new model, or no traffic about its first day"};
  for (std::size_t m = 0; m < std::min(traffic.moves.size(), baseline.new_models.size()); ++m) {
    const ModelMove& move = traffic.moves[m];
    const NewModel& model = baseline.new_models[m];
    if (move.before < kLeastBefore || move.after == 0) continue;
    const auto after = static_cast<double>(move.after);
    const double share = static_cast<double>(move.moved) / after;
    const double least = lower_share(share, after, 1) - model.share;
    const double most = 1 - lower_share(1 - share, after, 1) - model.share;
    const double value = least > 0 ? std::min(kMostPivot, least) : std::min(0.0, most);
    if (std::abs(value) <= std::abs(best.value) && m > 0) continue;
    best.value = value;
    best.reason = fmt::format("{:.0f}% of the traffic went to {} on the day after its first, {:.0f}% of the public's",
                              100 * share, model.name, 100 * model.share);
  }
  return best;
}

ExtractionFeature volume(const Traffic& traffic, const UsageBaseline& baseline) {
  if (traffic.account_days == 0 || baseline.daily_requests <= 0) return {"volume", 0, 0, "no days are known"};
  std::uint64_t dated = 0;
  for (const auto& [day, requests] : traffic.days) dated += requests;
  const double rate = static_cast<double>(dated) / static_cast<double>(traffic.account_days);
  return {"volume", std::clamp(std::log2(rate / baseline.daily_requests), -2.0, 5.0), 0,
          fmt::format("{:.1f} requests per account and active day; the public's median is {:.1f}", rate,
                      baseline.daily_requests)};
}

double probability_of(const std::vector<ExtractionFeature>& features) {
  double nats = 0;
  for (const ExtractionFeature& feature : features) nats += feature.nats;
  return logistic(nats);
}

}  // namespace

Traffic traffic_of(std::span<const Profile* const> profiles) {
  Traffic traffic;
  traffic.accounts = profiles.size();
  std::map<Day, std::uint64_t> days;
  for (const Profile* profile : profiles) {
    if (profile->requests == 0) continue;
    traffic.requests += profile->requests;
    traffic.tokens_in += profile->tokens_in;
    traffic.tokens_out += profile->tokens_out;
    traffic.templated += profile->templated;
    for (std::size_t h = 0; h < traffic.hours.size(); ++h) traffic.hours[h] += profile->hours[h];
    for (const auto& [day, requests] : profile->days) {
      if (day == kNoDay || requests == 0) continue;
      ++traffic.account_days;
      days[day] += requests;
    }
    traffic.tags.insert(traffic.tags.end(), profile->tags.begin(), profile->tags.end());
    traffic.templates.insert(traffic.templates.end(), profile->templates.begin(), profile->templates.end());
    if (traffic.moves.size() < profile->moves.size()) traffic.moves.resize(profile->moves.size());
    for (std::size_t m = 0; m < profile->moves.size(); ++m) {
      traffic.moves[m].before += profile->moves[m].before;
      traffic.moves[m].after += profile->moves[m].after;
      traffic.moves[m].moved += profile->moves[m].moved;
    }
  }
  traffic.days.assign(days.begin(), days.end());
  merge_counts(traffic.tags, [](const TagCount& entry) { return entry.tag; });
  merge_counts(traffic.templates, [](const TemplateCount& entry) { return entry.template_hash; });
  if (traffic.templates.size() > kTemplateSketchSize) traffic.templates.resize(kTemplateSketchSize);
  return traffic;
}

std::vector<std::string> targets_of(const Traffic& traffic, const UsageBaseline& baseline) {
  std::vector<std::pair<double, std::string>> found;
  found.reserve(baseline.capabilities.size());
  each_capability(traffic, baseline, [&](VertexKey capability, double requests, double all) {
    const double usual = public_share(baseline, capability);
    const double least = lower_share(requests / all, all, kTargetDeviations);
    if (least < kLeastLift * usual || least < usual + kLeastExcess) return;
    const auto at = std::find_if(baseline.capabilities.begin(), baseline.capabilities.end(),
                                 [&](const CapabilityShare& one) { return one.capability == capability; });
    found.emplace_back(usual - least, at == baseline.capabilities.end() ? "?" : at->name);
  });
  std::sort(found.begin(), found.end());
  std::vector<std::string> targets;
  targets.reserve(found.size());
  for (auto& [excess, name] : found) targets.push_back(std::move(name));
  return targets;
}

std::vector<ExtractionFeature> extraction_features(const Traffic& traffic, const UsageBaseline& baseline) {
  if (traffic.requests == 0) return {};
  const TrafficOf whose = traffic.accounts >= 2 ? TrafficOf::group : TrafficOf::account;
  const Repertoire prompts = repertoire_of(traffic);
  std::vector<ExtractionFeature> features = {{"base", 1, 0, "most traffic extracts nothing"},
                                             capability_focus(traffic, baseline),
                                             repertoire(prompts),
                                             few_tasks(prompts),
                                             round_the_clock(traffic),
                                             steady_days(traffic),
                                             burst(traffic, baseline),
                                             output_heavy(traffic, baseline),
                                             model_pivot(traffic, baseline),
                                             volume(traffic, baseline)};
  for (ExtractionFeature& feature : features) feature.nats = feature.value * extraction_weight(feature.name, whose);
  return features;
}

std::optional<Extraction> extraction_of(std::span<const Profile* const> profiles, const UsageBaseline& baseline) {
  const Traffic traffic = traffic_of(profiles);
  if (traffic.requests == 0) return std::nullopt;
  Extraction extraction;
  extraction.targets = targets_of(traffic, baseline);
  extraction.features = extraction_features(traffic, baseline);
  extraction.probability = probability_of(extraction.features);
  return extraction;
}

std::optional<double> extraction_probability(const Profile& profile, const UsageBaseline& baseline) {
  const Profile* const one = &profile;
  const std::vector<ExtractionFeature> features = extraction_features(traffic_of({&one, 1}), baseline);
  if (features.empty()) return std::nullopt;
  return probability_of(features);
}

double extraction_weight(const std::string& feature, TrafficOf whose) {
  for (const Weight& weight : kWeights) {
    if (feature == weight.name) return whose == TrafficOf::group ? weight.group : weight.account;
  }
  throw std::out_of_range("no weight for " + feature);
}

}  // namespace ringscope
