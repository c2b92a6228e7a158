// A group in numbers: what tells a ring from an honest crowd. Shares are in [0, 1].
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/judge/evidence.h"
#include "engine/detect/judge/profile.h"
#include "engine/detect/project/likeness_plan.h"
#include "engine/load/habits.h"

namespace ringscope {

struct Traits {
  std::size_t size = 0;
  double cohesion = 0;  // mean over members, see membership_of()

  // What is shared.
  std::vector<std::size_t> kinds;  // layers that each cover at least a third of the members, most covering first
  // Of a pool: independent kinds of likeness that most members have, prompts that are mostly others' left out.
  std::vector<std::string> likeness;
  std::size_t likeness_alone = 0;  // of the likeness: kinds that no layer of `kinds` is of
  bool is_alike_in(std::string_view kind) const { return std::ranges::find(likeness, kind) != likeness.end(); }
  // Independent kinds of evidence, whichever way they were found.
  std::size_t evidence_kinds() const { return std::max(kinds.size() + likeness_alone, likeness.size()); }
  // A client and prompts are all that holds them together, though it is known what they pay with: nothing that has to
  // be bought or rented for many accounts.
  bool tools_alone = false;
  // Prompts and where they are are all that holds them together.
  bool places_alone = false;
  // Prompts are all that holds them together.
  bool asks_alone() const { return evidence_kinds() == 1 && likeness.size() == 1 && likeness.front() == kPrompts; }
  double coverage = 0;           // share of members covered by two of the three best layers (0: only one layer binds)
  double exclusivity = 0;        // mean over those layers, weighted by coverage
  double connected = 0;          // as in GroupEvidence …
  double interlocked = 0;        // … as well …
  double met_once = 0;           // … as well
  std::optional<double> payers;  // distinct payments per member that has one
  double house_domain = 0;       // as house_domain_of() (places.h)
  double dealt_names = 0;        // … and dealt_names_of()
  bool shares_payment = false;   // payments cover a third of the members
  double paying = 0;             // share of the members that have a payment
  double payer_reach = 0;        // of these, of half of all at least, the share on the most used payment …
  double payer_outside = 0;      // … and of all accounts on it, those who are no members
  std::optional<double> addresses;  // distinct addresses per member that has one
  double address_reach = 0;         // share of the members on the most used address …
  double client_reach = 0;          // … and on the most used fingerprint
  double common_addresses = 0;      // addresses, hubs too, that a member has in common with another, in the mean
  double places = 0;                // networks that hold half of the members (places.h) …
  double common_places = 0;         // … and those that a member has in common with others beyond chance, in the mean
  double place_reach = 0;           // share of the members in the fullest of them …
  double place_outside = 0;         // … and of all accounts there, those who are no members
  std::optional<double> wandering;  // how much a member moves between networks (wandering.h)
  double body_reach = 0;            // of the body of people that they may be a part of, as in Body (places.h) …
  double body_outside = 0;          // … as well …
  double body_together = 0;         // … as well
  // By class of the operator's lists: share of the members who touch an entity of it.
  std::array<double, kEntityClasses> listed{};
  double listed_as(EntityClass entity_class) const { return listed[static_cast<std::size_t>(entity_class)]; }

  // What is done. Without activity (sightings only) has_activity is false and the rest is 0.
  bool has_activity = false;
  bool has_templates = false;     // some requests carried a template
  bool has_capabilities = false;  // some named what they asked for
  double daily_requests = 0;      // median over members of requests per active day
  int active_hours = 0;           // hours of the day (UTC) with at least 1% of the requests …
  double slot = 0;                // … and share of the requests in the fullest three hours in a row
  double weekend_share = 0;
  double template_repetition = 0;  // 1 - distinct templates / templated requests
  double template_overlap = 0;     // share of sampled requests on templates that the group asks, see asked_by()
  double capability_excess = 0;    // bits: Kullback-Leibler divergence of the capability mix from the population's
  double synchrony = 0;            // mean cosine of a member's daily requests with those of the rest
  std::uint32_t active_days = 0;   // days on which any member asked
  // How far members differ, which people do and accounts of one dispatcher do not: the share of the variance of what a
  // request is like that lies between members (Weir and Cockerham's F_ST, chance differences taken off; 0: one habit).
  double hour_spread = 0;        // of the hour of a request
  double capability_spread = 0;  // of what a request asks for
  double rate_spread = 0;        // squared coefficient of variation of requests per active day, chance taken off,
                                 // without the few who are far louder than the rest: who lets one account shout must
                                 // not pass for people
  // Complementary traffic (algorithms/load_balance.h): whether the members' sum is smoother than independent accounts
  // could make it, and whether the requests of a day are dealt out evenly.
  double traffic_ratio = 1;  // variance of the sum over the sum of variances, by the hour
  double traffic_p = 1;      // p-value of so low a ratio
  double turns_z = 0;        // standard deviations by which members' days differ less (< 0) or more than chance
  double busiest_day = 0;    // share of the requests on the busiest day …
  double meeting = 0;        // … and on the fullest three days in a row
  double member_days = 0;    // median over members of active days

  // Sign-up. Nothing when fewer than half of the members have a sign-up time.
  std::optional<double> signup_hour;   // share of members signed up within the fullest hour
  std::optional<double> signup_span;   // days in which the middle half of them signed up …
  std::optional<double> signup_share;  // … held against the days in which the middle half of all accounts did
  double woken = 0;                    // how surely they are old accounts that were woken together (starts.h)
  double relay = 0;                    // how surely one after the other was made and used up (starts.h)
  double banned = 0;                   // share of members with status banned
  // Chance of so many banned members or more, were they banned as is usual (ban_odds.h); nothing: not known.
  std::optional<double> ban_chance;
  // The same in decades, 3: one in a thousand; not known: 0.
  double ban_decades() const { return ban_chance ? -std::log10(std::max(*ban_chance, 1e-300)) : 0.0; }
  double ban_odds = 0;            // nats that these bans say by themselves (ban_odds.h); not known: 0
  std::optional<double> renewed;  // share of members who signed up after the first of them was banned; nothing when
                                  // that is not known, or nobody was
};

// Do so many members use what the share `everywhere` of all uses, that chance does not explain it? Chernoff's bound of
// the binomial tail.
bool is_beyond_chance(double everywhere, std::size_t users, std::size_t members);
// Whose a template is that so many of the members ask: anybody's, as many ask it as chance would have it; the group's;
// or others', five and more of whom ask it for each member, as the prompts of a lesson that many take. Where two to
// five do, a part of an operator's accounts may be the group, and it is as good as anybody's.
enum class AskedBy { anybody, group, others };
AskedBy asked_by(const Population& population, KeyHash hash, std::size_t users, std::size_t members);

// `profiles` parallel to group.members; no `habits`: what is derived from things is not known.
Traits traits_of(const Snapshot& snapshot, const Habits* habits, const Group& group, const GroupEvidence& evidence,
                 std::span<const Profile* const> profiles, const Population& population, const Store& store);

// Behaviour for the report; `classes` are those of the whole population.
Behavior behavior_of(std::span<const Profile* const> profiles, const Traits& traits, const EntityClasses& classes,
                     const Store& store);

}  // namespace ringscope
