#include "engine/detect/judge/score_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "engine/detect/judge/benign.h"
#include "engine/detect/judge/graded.h"
#include "engine/detect/judge/people.h"

namespace ringscope {
namespace {

// Written by scripts/fit-score; the last two move no log-odds, they are set against what explains them.
constexpr std::array<std::pair<const char*, double>, 33> kWeights = {{
#include "engine/detect/judge/score_weights.inc"
    {"ban_odds", 0},
    {"unexplained", 0},
}};

constexpr double kSmoothTraffic = 1e-4;  // p-value; one look for each ring
constexpr double kTurns = -10;           // standard deviations
constexpr double kEnoughRequests = 200;  // for a mix of capabilities to be known

constexpr double kHonest = 0.9;  // what the certainty that any honest explanation holds takes off
// Of large groups that no honest explanation fits so many are rings: enough to look.
constexpr double kUnexplained = 0.7;

std::string percent(double share, const char* of_what) { return fmt::format("{:.0f}% {}", 100 * share, of_what); }

// How surely the members are banned for what they are: by their share, or where so many of so many, against the rate of
// accounts in no group, are more than chance has for any of thousands of groups. A dozen of twenty say more than three
// of ten, and go on counting.
double often_banned(const Traits& t) {
  const double decades = t.ban_decades();
  return std::max(std::min(1.0, 3 * t.banned), graded(decades, 3, 8)) + 0.7 * graded(decades, 6, 16);
}

void add_structure(const Traits& t, std::vector<Feature>& out) {
  const std::size_t kinds = t.evidence_kinds();
  out.push_back({"two_kinds", kinds >= 2 ? 1.0 : 0.0, "more than one kind of shared things"});
  out.push_back({"more_kinds", std::clamp(static_cast<double>(kinds) - 2, 0.0, 2.0),
                 fmt::format("{} independent kinds of shared things", kinds)});
  // Honest people share an address or a card, and have the rest for themselves.
  // What is asked is all the evidence there is; it is weighed below.
  out.push_back({"prompts_alone", t.asks_alone() ? 1.0 : 0.0, "they ask alike what hardly anybody else asks"});
  out.push_back({"cohesion", t.asks_alone() ? 0.0 : std::clamp(t.cohesion - 0.58, -0.21, 0.17),
                 percent(t.cohesion, "of what a member has is shared inside the group, or is of the group's kind")});
  out.push_back({"exclusivity", t.kinds.empty() ? 0.0 : t.exclusivity - 0.5,
                 percent(t.exclusivity, "of the accounts on the shared things are members")});
  out.push_back({"size", std::log10(static_cast<double>(t.size) / 5.0), fmt::format("{} accounts", t.size)});
  out.push_back({"banned", often_banned(t), percent(t.banned, "of the members are banned or confirmed already")});
  // People meet at home, at work, at one school; who leaves by a pool of addresses meets the others at many, and by a
  // large one at so many as no crowd does that travels, or whose jobs run on rented machines.
  out.push_back({"roaming", graded(t.common_places, 4, 10) + graded(t.common_places, 10, 25),
                 fmt::format("a member is on {:.0f} networks with others of the ring", t.common_places)});
  // And whoever leaves by one seldom comes back to an exit, as people do to where they live and work.
  const double wandering = t.wandering.value_or(0.5);
  out.push_back({"wandering", graded(wandering, 0.62, 0.8),
                 percent(wandering, "of all accounts move less between networks than a member does")});
  out.push_back({"interlocked", graded(t.interlocked, 0.4, 0.7),
                 "things of two kinds, each for a few members, tie them all together as neither kind does alone"});
  out.push_back({"dealt_names", t.dealt_names,
                 "several mail domains that hardly anybody else has, dealt out to members who meet on many networks"});
  // A body of people grew as the service did; accounts for a campaign are made for it.
  const double share = t.signup_share.value_or(0.5);
  const std::string weeks =
      t.woken > 0.5 ? "the members' accounts are old, were silent, and were woken together"
                    : fmt::format("half of the members signed up within {:.0f} days", t.signup_span.value_or(0));
  out.push_back({"relay", t.relay, "one account after the other is new, used for some days and left"});
  out.push_back({"made_at_once", made_at_once(t), weeks});
  out.push_back({"grown", (1 - t.woken) * graded(share, 0.5, 0.9), weeks});
  const bool split = t.payers && *t.payers <= 0.5 && t.payer_reach < 0.8;
  out.push_back({"split_payments", split ? graded(static_cast<double>(t.size), 3, 10) : 0.0,
                 "several payment means, each for many accounts, none for all"});
}

void add_behavior(const Traits& t, std::vector<Feature>& out) {
  const bool known = t.has_activity;
  const double requests = t.daily_requests * t.member_days * static_cast<double>(t.size);
  const bool enough = known && requests >= kEnoughRequests;
  out.push_back(
      {"prompts", t.has_templates ? t.template_overlap : 0.0,
       percent(t.template_overlap, "of the sampled prompts are on templates common among members and rare elsewhere")});
  out.push_back(
      {"own_prompts", t.has_templates ? graded(t.template_overlap, 0.25, 0.05) : 0.0,
       percent(1 - t.template_overlap, "of the sampled prompts are nobody else's in the group, or everybody's")});
  out.push_back({"round_the_clock", known ? graded(t.active_hours, 17, 23) : 0.0,
                 fmt::format("active {} hours of the day", t.active_hours)});
  out.push_back({"few_hours", known ? graded(t.active_hours, 15, 11) : 0.0,
                 fmt::format("active only {} hours of the day", t.active_hours)});
  out.push_back({"weekdays", known ? graded(t.weekend_share, 0.15, 0.05) : 0.0,
                 percent(t.weekend_share, "of the requests at weekends")});
  out.push_back({"volume", known ? std::clamp(std::log2(std::max(t.daily_requests, 0.1) / 4), -1.7, 5.0) : 0.0,
                 fmt::format("{:.0f} requests per account on a day of activity", t.daily_requests)});
  const std::string off = fmt::format("capabilities {:.2f} bits off the population's", t.capability_excess);
  out.push_back({"capability_focus", t.has_capabilities ? std::min(1.0, t.capability_excess) : 0.0, off});
  // What everybody asks for, in the same shares, is what end users ask for.
  out.push_back(
      {"everybodys_mix", enough && t.has_capabilities ? 1 - graded(t.capability_excess, 0.05, 0.25) : 0.0, off});
  out.push_back({"synchrony", known && t.active_days >= 5 ? std::clamp(t.synchrony - 0.55, -0.3, 0.25) : 0.0,
                 fmt::format("synchrony of daily activity {:.2f}", t.synchrony)});
  // Of accounts that are dealt out what is in one queue neither is a sign of people.
  const double own = enough ? 1 - by_one_queue(t) : 0.0;
  out.push_back({"hour_spread", own * graded(t.hour_spread, 0.01, 0.05), "members keep hours of their own"});
  out.push_back(
      {"capability_spread", own * graded(t.capability_spread, 0.008, 0.1), "members ask for different things"});
  out.push_back({"rate_spread", known ? std::min(2.0, t.rate_spread) : 0.0, "members differ in volume"});
}

// Prompts of its own, at all hours, in equal shares and for equal ends, or on the same days: what one program does with
// many accounts, and people who share something do not.
void add_program(const Traits& t, std::vector<Feature>& out) {
  const double alike = by_one_program(t), queue = by_one_queue(t);
  out.push_back({"one_program", std::max(alike, queue),
                 alike >= queue
                     ? "members ask prompts of their own at all hours, as much and for the same as one another"
                     : "members ask from one store of prompts at all hours, and are busy on the same days"});
}

// Only a dispatcher makes a sum smoother than its parts allow. Even shares alone are what any job by the clock has.
void add_balance(const Traits& t, std::vector<Feature>& out) {
  out.push_back({"turns", takes_turns(t) ? 1.0 : 0.0,
                 "each member has its even share of one stream at all hours, as one dispatcher deals it out"});
  const bool smooth = t.traffic_p < kSmoothTraffic && t.traffic_ratio < 1;
  out.push_back({"smooth_traffic", smooth ? graded(t.traffic_ratio, 0.9, 0.4) : 0.0,
                 fmt::format("traffic balanced: the sum is {:.2f} times as variable as independent accounts make it{}",
                             t.traffic_ratio, t.turns_z < -3 ? ", and they take turns" : "")});
}

}  // namespace

bool takes_turns(const Traits& t) { return t.turns_z < kTurns && t.is_alike_in(kTraffic); }

double made_at_once(const Traits& t) {
  return std::max(t.woken, t.signup_share ? graded(*t.signup_share, 0.5, 0.1) : 0.0);
}

double by_one_program(const Traits& t) {
  if (!t.has_activity || !t.has_templates || t.size < 5) return 0;
  const double alike = graded(t.rate_spread, 0.8, 0.2) * (1 - apart_in_ends(t, 0.015, 0.05));
  const double hours = graded(t.active_hours, 19, 23) * graded(t.hour_spread, 0.06, 0.02);
  return alike * hours * graded(t.template_overlap, 0.2, 0.6);
}

double by_one_queue(const Traits& t) {
  if (!t.has_activity || t.active_days < 5 || t.size < 5) return 0;
  const double hours = graded(t.active_hours, 19, 23) * graded(t.hour_spread, 0.1, 0.05);
  return hours * graded(t.synchrony, 0.45, 0.6) * graded(t.template_overlap, 0.2, 0.5);
}

double would_be_explained(const Traits& t) {
  return t.is_alike_in(kPrompts) && t.has_activity ? graded(static_cast<double>(t.size), 20, 60) : 0.0;
}

std::vector<Feature> features_of(const Traits& traits) {
  std::vector<Feature> out;
  out.reserve(kWeights.size());
  out.push_back({"base", 1, "most groups that share things are honest"});
  add_structure(traits, out);
  add_behavior(traits, out);
  add_program(traits, out);
  add_balance(traits, out);
  // No finding of its own. Where the same bans have taken the explanations away, they are set against none.
  out.push_back({"ban_odds", traits.ban_odds * (1 - evades(traits)), ""});
  out.push_back({"unexplained", would_be_explained(traits), ""});
  return out;
}

double weight_of(const std::string& feature) {
  for (const auto& [name, weight] : kWeights) {
    if (feature == name) return weight;
  }
  throw std::out_of_range("no weight for " + feature);
}

double Score::add(const std::string& feature, double value) {
  const double nats = value * weight_of(feature);
  nats_ += nats;
  if (feature == "banned") of_bans_ = nats;
  if (feature == "ban_odds") ban_odds_ = value;
  if (feature == "unexplained") would_be_explained_ = value;
  return nats;
}

double Score::explained(double honest) const { return logistic(nats_) * (1 - kHonest * honest); }

double Score::final(double honest) const {
  return std::max({explained(honest), with_bans(honest), unexplained(honest)});
}

double Score::with_bans(double honest) const {
  const double apart = logistic(nats_ - of_bans_) * (1 - honest);
  const double ring = apart * std::exp(ban_odds_);
  return ring / (ring + 1 - apart);
}

double Score::unexplained(double honest) const { return kUnexplained * would_be_explained_ * (1 - honest); }

}  // namespace ringscope
