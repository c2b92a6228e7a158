#include "engine/detect/attribute/attribution_odds.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "engine/detect/judge/graded.h"

namespace ringscope {
namespace {

constexpr std::size_t kMostCounted = 64;
constexpr double kOwnShare = 0.5;  // of the users: below it, an indicator is mostly strangers'
constexpr int kGrid = 1000;        // points of the integral over w

// One fact: an indicator, or all of a kind that strangers share.
struct Fact {
  double weight = 0;
  std::vector<std::size_t> hits;
  std::vector<Vertex> members;  // ascending; no more than can matter
};

double weight_of(double members, double population, double most, std::uint32_t campaigns, double chance) {
  return std::min(most, members / population / chance) / campaigns;
}

// With more candidates than facts that can be counted, a fact always finds one of its own.
std::vector<Vertex> candidates(std::vector<Vertex> members) {
  if (members.size() > kMostCounted) members.resize(kMostCounted + 1);
  return members;
}

Fact shared_fact(std::span<const IndicatorUse> hits, std::vector<std::size_t> of_kind, double chance,
                 std::size_t accounts) {
  double population = 0, most = 0;
  std::uint32_t campaigns = UINT32_MAX;
  std::vector<Vertex> members;
  for (const std::size_t h : of_kind) {
    population += hits[h].population;  // at least as many as the union has
    most = std::max(most, hits[h].most);
    campaigns = std::min(campaigns, hits[h].campaigns);
    members.insert(members.end(), hits[h].members.begin(), hits[h].members.end());
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  population = std::min(population, static_cast<double>(accounts));
  const double weight = weight_of(static_cast<double>(members.size()), population, most, campaigns, chance);
  return {weight, std::move(of_kind), candidates(std::move(members))};
}

// Heaviest first; of equal weight, the earlier indicator.
std::vector<Fact> facts_of(std::span<const IndicatorUse> hits, double chance, std::size_t accounts) {
  std::vector<Fact> facts;
  std::map<std::uint32_t, std::vector<std::size_t>> shared;
  for (std::size_t h = 0; h < hits.size(); ++h) {
    const IndicatorUse& hit = hits[h];
    const auto members = static_cast<double>(hit.members.size());
    if (members < kOwnShare * hit.population) {
      shared[hit.kind].push_back(h);
    } else {
      facts.push_back(
          {weight_of(members, hit.population, hit.most, hit.campaigns, chance), {h}, candidates(hit.members)});
    }
  }
  for (auto& [kind, of_kind] : shared) facts.push_back(shared_fact(hits, std::move(of_kind), chance, accounts));
  std::stable_sort(facts.begin(), facts.end(), [](const Fact& a, const Fact& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.hits.front() < b.hits.front();
  });
  return facts;
}

// Facts and the members that stand for them, by augmenting paths.
class Matching {
 public:
  bool add(const Fact& fact) {
    tried_.clear();
    facts_.push_back(&fact);
    if (augment(facts_.size() - 1)) return true;
    facts_.pop_back();
    return false;
  }
  std::size_t size() const { return facts_.size(); }

 private:
  bool augment(std::size_t fact) {
    for (const Vertex member : facts_[fact]->members) {
      if (std::find(tried_.begin(), tried_.end(), member) != tried_.end()) continue;
      tried_.push_back(member);
      const auto holder = holder_.find(member);
      if (holder == holder_.end() || augment(holder->second)) {
        holder_[member] = fact;
        return true;
      }
    }
    return false;
  }

  std::vector<const Fact*> facts_;
  std::map<Vertex, std::size_t> holder_;
  std::vector<Vertex> tried_;
};

// log of the integral of prod(w * weight + 1 - w) * (1 - w)^missed over w = u^2, u in (0, 1), by the midpoint rule: the
// square puts points where a ring is a small part of a campaign.
double log_mean_product(std::span<const double> weights, std::size_t missed) {
  std::vector<double> logs;
  for (int i = 0; i < kGrid; ++i) {
    const double u = (i + 0.5) / kGrid;
    const double w = u * u;
    double sum = std::log(2 * u / kGrid) + static_cast<double>(missed) * std::log1p(-w);
    for (const double weight : weights) sum += std::log1p(w * (weight - 1));
    logs.push_back(sum);
  }
  const double greatest = *std::max_element(logs.begin(), logs.end());
  double total = 0;
  for (const double log : logs) total += std::exp(log - greatest);
  return greatest + std::log(total);
}

}  // namespace

CampaignEvidence weigh_campaign(std::span<const IndicatorUse> hits, std::size_t missed, std::size_t ring_size,
                                std::size_t accounts) {
  CampaignEvidence evidence;
  const double chance = static_cast<double>(ring_size) / static_cast<double>(accounts);
  for (const IndicatorUse& hit : hits) {
    evidence.weights.push_back(
        weight_of(static_cast<double>(hit.members.size()), hit.population, hit.most, hit.campaigns, chance));
  }
  const std::vector<Fact> facts = facts_of(hits, chance, accounts);
  Matching matching;
  std::vector<double> weights;
  for (const Fact& fact : facts) {
    if (fact.weight > 1 && (matching.size() == kMostCounted || !matching.add(fact))) continue;
    weights.push_back(fact.weight);
  }
  evidence.counted = static_cast<std::uint32_t>(matching.size());
  evidence.log_factor = log_mean_product(weights, missed);
  return evidence;
}

double campaign_prior(std::size_t campaigns, double ring_mass, double mass_of_all_rings) {
  const double of_campaign = ring_mass / mass_of_all_rings;
  const double of_ring = 1 / static_cast<double>(campaigns);
  return 0.5 * std::min(of_campaign, of_ring);
}

double campaign_confidence(double prior, double log_factor) {
  const double log_odds = std::log(prior) - std::log1p(-prior) + log_factor;
  return logistic(log_odds);
}

}  // namespace ringscope
