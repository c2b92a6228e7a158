#include "engine/detect/benign.h"

#include <algorithm>
#include <array>

namespace ringscope {
namespace {

// 0 up to `none`, 1 from `full`, linear between; falls when full < none.
double graded(double value, double none, double full) { return std::clamp((value - none) / (full - none), 0.0, 1.0); }

bool only_addresses(const Traits& traits) { return traits.evidence_kinds() <= 1 && traits.address_reach > 0; }

BenignHypothesis family(const Traits& t) {
  const double small = graded(static_cast<double>(t.size), 10, 6);
  const double quiet = t.has_activity ? graded(t.daily_requests, 120, 40) : 0.8;
  const double own_habits = graded(t.template_overlap, 0.5, 0.2);
  return {"family", small * quiet * own_habits, "few accounts, human volume, own habits"};
}

BenignHypothesis office(const Traits& t) {
  if (!t.has_activity || t.active_days < 5) return {"office", 0, ""};
  const double weekdays = graded(t.weekend_share, 0.16, 0.09);
  const double working_hours = graded(t.active_hours, 24, 18);
  const double together = graded(static_cast<double>(t.size), 1, 3);
  return {"office", weekdays * working_hours * together, "works on weekdays and rests at night"};
}

BenignHypothesis campus(const Traits& t) {
  if (!t.has_activity) return {"campus", 0, ""};
  const double crowd = graded(static_cast<double>(t.size), 8, 30);
  const double unrelated = graded(t.template_overlap, 0.25, 0.1);
  return {"campus", only_addresses(t) ? crowd * unrelated : 0.0, "shares addresses only, unrelated behaviour"};
}

BenignHypothesis classroom(const Traits& t) {
  if (!t.has_activity) return {"classroom", 0, ""};
  const double one_day = std::max(graded(t.busiest_day, 0.35, 0.6), graded(t.member_days, 3, 1.5));
  const double one_hour = t.signup_hour ? graded(*t.signup_hour, 0.3, 0.7) : 0.5;
  const double low_volume = graded(t.daily_requests, 150, 60);
  return {"classroom", one_day * one_hour * low_volume, "signed up together, one day of low volume"};
}

BenignHypothesis pipeline(const Traits& t) {
  if (!t.payers) return {"pipeline", 0, ""};
  const double one_payer = graded(t.payer_reach, 0.7, 0.95);
  const double distinct_addresses = t.addresses.value_or(0) * static_cast<double>(t.size);
  const double fixed =
      graded(distinct_addresses, 8 + 0.5 * static_cast<double>(t.size), 4 + 0.25 * static_cast<double>(t.size));
  return {"pipeline", one_payer * fixed, "one payer, fixed addresses: one customer's own accounts"};
}

BenignHypothesis reseller(const Traits& t) {
  if (!t.has_activity) return {"reseller", 0, ""};
  const double crowd = graded(static_cast<double>(t.size), 8, 20);
  const double diverse = graded(t.template_overlap, 0.2, 0.08) * graded(t.capability_excess, 0.4, 0.15);
  return {"reseller", crowd * diverse, "many end users: diverse prompts and capabilities"};
}

BenignHypothesis shared_exit(const Traits& t) {
  const double popular = graded(t.exclusivity, 0.6, 0.3);
  return {"carrier_nat_or_vpn", only_addresses(t) ? popular : 0.0, "addresses that many outside the group use as well"};
}

constexpr std::array kHypotheses = {family, office, campus, classroom, pipeline, reseller, shared_exit};

}  // namespace

std::vector<BenignHypothesis> explain_benign(const Traits& traits) {
  std::vector<BenignHypothesis> all;
  for (const auto hypothesis : kHypotheses) all.push_back(hypothesis(traits));
  std::stable_sort(all.begin(), all.end(),
                   [](const BenignHypothesis& a, const BenignHypothesis& b) { return a.probability > b.probability; });
  return all;
}

}  // namespace ringscope
