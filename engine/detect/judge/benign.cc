#include "engine/detect/judge/benign.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/detect/judge/graded.h"
#include "engine/detect/judge/people.h"
#include "engine/detect/judge/score_model.h"

namespace ringscope {
namespace {

constexpr double kDoubtful = 0.4;  // most probability of what an operator's accounts may look like as well
constexpr double kLikely = 0.8;    // of what his accounts seldom look like

bool only_addresses(const Traits& traits) {
  return traits.evidence_kinds() <= 1 && traits.address_reach > 0 && !traits.asks_alone();
}

// Does a program drive them, whatever it deals out?
double driven(const Traits& t) { return std::max(by_one_program(t), by_one_queue(t)); }

BenignHypothesis family(const Traits& t) {
  const double small = graded(static_cast<double>(t.size), 10, 6);
  const double quiet = t.has_activity ? graded(t.daily_requests, 120, 40) : 0.8;
  const double own_habits = t.has_templates || !t.has_activity ? graded(t.template_overlap, 0.5, 0.2) : 0.6;
  return {"family", small * quiet * own_habits * at_home(t) * no_pool(t), "few accounts, human volume, own habits"};
}

// On a mail domain of its own, that it did not get for a day.
double by_name(const Traits& t, double none, double full) {
  return t.listed_as(EntityClass::disposable_mail) > 0.5 ? 0.0 : graded(t.house_domain, none, full);
}

// People of one house or class are found at its address, or bear its name. Who is told by his rhythm alone may as well
// work for an operator who keeps it.
double in_one_house(const Traits& t) {
  const double found = std::max(graded(t.address_reach, 0.2, 0.5), by_name(t, 0.3, 0.6));
  return kDoubtful + (1 - kDoubtful) * found;
}

BenignHypothesis office(const Traits& t) {
  if (!t.has_activity || t.active_days < 5) return {"office", 0, ""};
  const double weekdays = graded(t.weekend_share, 0.16, 0.09);
  const double working_hours = graded(t.active_hours, 24, 18);
  const double together = graded(static_cast<double>(t.size), 1, 3);
  const double rhythm = weekdays * (0.5 + 0.5 * working_hours);  // homes besides
  return {"office", rhythm * together * in_one_house(t) * settled(t) * no_pool(t),
          "works on weekdays and rests at night"};
}

// Did the members sign up over months, [0, 1]? Nothing known, or old accounts that one campaign woke: 0.
double over_months(const Traits& t) { return t.signup_span ? (1 - t.woken) * graded(*t.signup_span, 30, 90) : 0.0; }

// What an operator's accounts may look like as well, but for their age: he has them made for a campaign, and a body of
// people took months to sign up.
double doubtful(const Traits& t) { return kDoubtful + (kLikely - kDoubtful) * over_months(t); }

// A laboratory or a course of a university, a department of a firm: most of the members bear a name and are on a
// network that many others bear and are on, and each keeps hours of his own. What they share beyond that is the body's
// affair.
double in_a_body(const Traits& t) {
  const double part =
      graded(t.body_reach, 0.4, 0.6) * graded(t.body_outside, 0.6, 0.8) * graded(t.body_together, 0.15, 0.4);
  // A body may have many networks, on which the others are as well: these are no pool.
  return doubtful(t) * part * own_hours(t) * graded(t.daily_requests, 150, 60) * at_home(t) * not_interlocked(t);
}

BenignHypothesis campus(const Traits& t) {
  if (!t.has_activity) return {"campus", 0, ""};
  const double crowd = graded(static_cast<double>(t.size), 8, 30);
  const double unrelated = own_prompts(t, 0.25, 0.1);
  const bool no_card = t.address_reach > 0 && !t.shares_payment && t.evidence_kinds() <= 2;  // lab machines besides
  const double one_place = graded(t.places, 10, 5) * no_pool(t);
  const double strangers = no_card ? crowd * unrelated * at_home(t) * one_place * own_days(t) : 0.0;
  const double part = in_a_body(t);
  if (part > strangers) return {"campus", part, "part of a larger body of people, by its mail domain and its network"};
  return {"campus", strangers, "shares addresses and machines only, unrelated behaviour"};
}

// Lessons, every week at one hour in one room: nearly all that the class asks is asked in them. An operator would have
// to give up his addresses and most of his hours for it.
double lessons(const Traits& t) { return graded(t.slot, 0.45, 0.65) * graded(t.address_reach, 0.75, 0.9); }

BenignHypothesis classroom(const Traits& t) {
  if (!t.has_activity) return {"classroom", 0, ""};
  // Whoever met for one lesson and goes on alone has all that is shared of one day; so have accounts that an operator
  // had made in one sitting.
  const double one_lesson = kDoubtful * graded(t.met_once, 0.8, 0.95);
  const double one_day = std::max({graded(t.busiest_day, 0.35, 0.6), graded(t.member_days, 3, 1.5), one_lesson});
  const double one_hour = t.signup_hour ? graded(*t.signup_hour, 0.3, 0.7) : 0.5;
  const double low_volume = graded(t.daily_requests, 150, 60) * at_home(t);
  const double weekly = lessons(t) * low_volume;
  const double once = one_day * one_hour * low_volume * in_one_house(t);
  if (weekly > once) return {"classroom", weekly, "in one room and at one time of the day, low volume"};
  return {"classroom", once, "signed up together, one day of low volume"};
}

// Do all pay by one card? Whoever buys cards for a campaign has no reason to pay for all of it by one. Stations and
// testers of one customer may be on many networks.
double one_customer(const Traits& t) {
  const double all = t.payers ? graded(t.payer_reach * t.paying, 0.8, 0.95) : 0.0;
  return doubtful(t) * all * settled(t);
}

BenignHypothesis pipeline(const Traits& t) {
  if (!t.payers && !t.addresses) return {"pipeline", 0, ""};
  const double one_payer = t.payers ? graded(t.payer_reach, 0.6, 0.85) : 0.5;
  const double distinct_addresses = t.addresses.value_or(0) * static_cast<double>(t.size);
  const double fixed_addresses =
      graded(distinct_addresses, 8 + 0.5 * static_cast<double>(t.size), 4 + 0.25 * static_cast<double>(t.size));
  // A job may run on anybody's machines; then the accounts are at least the customer's by name. A team is elsewhere as
  // well, but all of it is at one address.
  const double team = doubtful(t) * graded(t.address_reach, 0.75, 0.95) * no_pool(t) * settled(t) * own_hours(t);
  const double fixed = std::max({fixed_addresses, by_name(t, 0.6, 0.85), team});
  const double own = one_payer * fixed, customer = one_customer(t);
  if (customer > own) return {"pipeline", customer, "one payer for all of them: one customer's own accounts"};
  return {"pipeline", own, "one payer, fixed addresses or one mail domain: one customer's own accounts"};
}

// People who work at home for one firm, which pays for all of them: each is at a place and on a machine of his own. An
// operator who buys places and machines for each account has no reason to pay for all by one card.
BenignHypothesis remote_team(const Traits& t) {
  if (!t.has_activity || !t.payers) return {"remote_team", 0, ""};
  const double apart = graded(t.common_addresses, 3, 1.5) * graded(t.common_places, 4, 2);
  const double machines = graded(t.client_reach, 0.5, 0.25);
  const double quiet = graded(t.daily_requests, 60, 25);
  return {"remote_team",
          kLikely * graded(t.payer_reach, 0.6, 0.85) * apart * machines * own_lives(t) * quiet * at_home(t),
          "one payer for people who are each at a place of their own"};
}

// People whom one firm pays to try what others must not, through exits of many networks: those who pay have its card,
// each has days and ends of his own, and they came over months. What one program drives has its days.
BenignHypothesis testers(const Traits& t) {
  if (!t.has_activity || !t.payers || t.active_days < 5) return {"testers", 0, ""};
  const double one_payer = graded(t.payer_reach, 0.6, 0.85);
  const double apart = graded(t.synchrony, 0.55, 0.45) * apart_in_ends(t, 0.05, 0.15);
  return {"testers", doubtful(t) * one_payer * apart * own_hours(t) * graded(t.daily_requests, 60, 25),
          "one payer for people who each ask on days and for ends of their own"};
}

// Is it as in a house, who pays for whom? Each has a card of his own, or all who pay have one, or the house pays for
// some and the others for themselves. Those on a free plan pay by no card.
double house_cards(const Traits& t) {
  if (!t.payers || t.paying == 0) return 0;
  const double payers = t.paying * static_cast<double>(t.size), cards = *t.payers * payers;
  const double by_house = t.payer_reach * std::max(payers, 0.5 * static_cast<double>(t.size));
  const double others = payers - by_house;
  const double own = others < 0.5 ? 1.0 : graded((cards - 1) / others, 0.5, 0.8);
  return std::max(own, graded(by_house / payers, 0.5, 0.8)) * graded(t.paying, 0.3, 0.5);
}

// Do nearly all bear one name of their own and leave by one network? An operator gives himself away by either; with
// both it does not matter how a house pays, nor what runs on its machines.
double in_its_house(const Traits& t) { return by_name(t, 0.75, 0.9) * graded(t.place_reach, 0.75, 0.9) * settled(t); }

// A chain's shops, a team at home, a course: people at their places, who pay as in a house, under one name that hides
// nothing. An operator can have all of that, too, so it is never certain. Owners of several shops have a card each, as
// an operator has one for some of his accounts; but a chain grew.
BenignHypothesis organisation(const Traits& t) {
  if (!t.has_activity) return {"organisation", 0, ""};
  const double people = 1 - driven(t);
  const double owners = 0.5 * over_months(t);
  const double cards = t.payers ? std::max({graded(*t.payers, 0.5, 0.8), house_cards(t), owners}) : 1.0;
  const double places = settled(t) * graded(t.common_addresses, 8, 4);  // no pool of addresses
  const double apart = by_name(t, 0.5, 0.8) * people * cards * places;
  return {"organisation", doubtful(t) * std::max(apart, in_its_house(t)),
          "people on one mail domain of their own, which hides nothing"};
}

BenignHypothesis reseller(const Traits& t) {
  if (!t.has_activity) return {"reseller", 0, ""};
  const double crowd = graded(static_cast<double>(t.size), 8, 20);
  const double quiet = graded(t.daily_requests, 60, 20);
  // Where payments are not known, nothing says that there is one payer; then at least they came as customers do.
  const double one_payer = t.payers ? graded(t.payer_reach, 0.5, 0.8) : 0.7 * (1 - made_at_once(t));
  // Who asks alike may be some of many on one card, all the others unlike them. And all may ask what their client has
  // ready for them, yet each for his own ends.
  const double others = t.payers ? graded(t.payer_outside, 0.3, 0.6) : 0.0;
  const double over_time = t.payers ? kLikely * over_months(t) : 0.0;  // an operator's on one card, for a campaign
  const double diverse = std::max({own_prompts(t, 0.5, 0.25) * like_people(t), others, own_ends(t), over_time});
  return {"reseller", crowd * quiet * one_payer * diverse * own_days(t) * no_pool(t),
          "one payer for many end users, who differ as people do"};
}

// Users of one client, or of what has the same questions for each of them, whose jobs run on rented machines, and leave
// by the same pool: they came over months, and each asks little, on days and at hours of his own.
double jobs(const Traits& t) {
  const double apart = graded(t.synchrony, 0.65, 0.5) * own_hours(t);
  const double same_questions = graded(t.template_overlap, 0.5, 0.7) * apart_in_ends(t, 0.05, 0.15);
  const double client = std::max(graded(t.client_reach, 0.7, 0.9), same_questions);
  return kLikely * over_months(t) * client * apart * graded(t.daily_requests, 60, 25);
}

// How far a group leaves by one gateway, though each has a card of his own. An operator who buys cards for each account
// has no reason to give up his addresses.
double by_one_gateway(const Traits& t) {
  if (t.shares_payment) return 0;
  return (t.payers ? 1.0 : 0.5) * graded(t.address_reach, 0.6, 0.8) * graded(t.client_reach, 0.7, 0.9);
}

// Customers of a platform that asks for them: its gateway, its client and its gallery's prompts are theirs, and each
// has it work for his own ends.
double customers(const Traits& t) {
  return doubtful(t) * by_one_gateway(t) * apart_in_ends(t, 0.05, 0.15) * graded(t.daily_requests, 60, 25);
}

// Strangers with the same client and prompts: each has a card of his own, and they differ as people do, in how much
// they ask and in what for. Accounts of one dispatcher differ in neither, of two tenants in the latter alone.
BenignHypothesis application(const Traits& t) {
  if (!t.has_activity) return {"application", 0, ""};
  const double crowd = graded(static_cast<double>(t.size), 8, 20);
  const double own_cards = t.shares_payment ? 0.0 : 1.0;
  const double asks = apart_in_ends(t, 0.02, 0.08);
  const double people = own_days(t) * (1 - driven(t)) * settled(t) * no_pool(t);
  const double diverse = graded(t.rate_spread, 0.3, 0.8) * asks * people;
  const double robots = graded(static_cast<double>(t.size), 3, 6) * jobs(t);
  return {"application", own_cards * std::max({crowd * diverse, robots, crowd * customers(t)}),
          "users of one client, with cards of their own, who differ as people do"};
}

// Are they of a place where many are who have nothing to do with them, a town, a campus, and each keeps hours of his
// own there and asks for his own ends? What is set to them they do before the same days.
double in_a_crowd(const Traits& t) {
  const double place = graded(t.place_reach, 0.4, 0.6) * graded(t.place_outside, 0.5, 0.75) * graded(t.places, 4, 2);
  return place * graded(t.common_places, 4, 2) * own_hours(t) * own_ends(t);
}

// A course at home, players of one game: they ask alike, each on his own days, or amid a crowd. An operator's accounts
// have his days.
BenignHypothesis course(const Traits& t) {
  if (!t.has_activity || t.active_days < 5) return {"course", 0, ""};
  const double own_days = std::max(graded(t.synchrony, 0.55, 0.45), in_a_crowd(t));
  const double quiet = graded(t.daily_requests, 60, 25);
  const double own_cards = t.shares_payment ? 0.0 : 1.0;
  const double places = settled(t) * graded(t.common_addresses, 8, 4);
  const double most = t.asks_alone() || t.tools_alone ? kLikely : doubtful(t);
  return {"course", most * own_days * quiet * own_cards * places, "people who ask alike, each on his own days"};
}

// A prompt that goes round: people who ask it and have nothing else in common but where such people are, which hardly
// two of them are together. Strangers move as everybody does, neither more nor less.
BenignHypothesis fad(const Traits& t) {
  if (!t.has_activity || !t.places_alone) return {"fad", 0, ""};
  const double apart = graded(t.connected, 0.85, 0.7) * graded(t.common_addresses, 5, 3) * no_pool(t);
  const double quiet = graded(t.daily_requests, 60, 25);
  const double crowd = graded(static_cast<double>(t.size), 8, 20);
  const double moving = settled(t) * graded(t.wandering.value_or(0.5), 0.25, 0.4);
  return {"fad", kLikely * crowd * apart * own_lives(t) * moving * quiet,
          "people who ask what goes round, each at a place and at hours of his own"};
}

constexpr double kStaff = 0.7;  // an operator may have people do his work

// The staff of one house, an agency that works for many clients: they rest at night, each has days and hours of his
// own.
BenignHypothesis staff(const Traits& t) {
  if (!t.has_activity || t.active_days < 5) return {"staff", 0, ""};
  const double nights = graded(t.active_hours, 19, 15);
  const double people = graded(t.synchrony, 0.7, 0.5) * own_hours(t);
  return {"staff", kStaff * nights * people * at_home(t) * no_pool(t),
          "people who rest at night, each with days and hours of his own"};
}

// Who meets at one place, a workshop, a help centre, a hackathon: most are at one address, each asks for his own ends
// at hours of his own, on days of his own, on a few days together, or on all, where they came over months, or signed up
// for it and ask each as much as he likes. Or nearly all work there by a rota, for its ends. An operator would have to
// give up his addresses for it.
BenignHypothesis venue(const Traits& t) {
  if (!t.has_activity || t.active_days < 5) return {"venue", 0, ""};
  const double crowd = graded(static_cast<double>(t.size), 4, 8);
  const double most = graded(t.address_reach, 0.45, 0.9), nearly_all = graded(t.address_reach, 0.75, 0.9);
  const double ends = apart_in_ends(t, 0.015, 0.05);
  const double few_days = std::max(graded(t.member_days, 5, 3), graded(t.meeting, 0.5, 0.75));
  const double for_it = t.signup_span ? graded(*t.signup_span, 3, 1) * graded(t.rate_spread, 0.2, 0.5) : 0.0;
  const double days = std::max({graded(t.synchrony, 0.55, 0.45), few_days, over_months(t), for_it});
  const double rota = graded(t.synchrony, 0.45, 0.35);
  const double quiet = graded(t.daily_requests, 60, 25);
  const double there = std::max(most * ends * days, nearly_all * rota) * no_pool(t);
  return {"venue", kStaff * crowd * there * own_hours(t) * quiet * at_home(t),
          "people who meet or work at one place, at hours of their own"};
}

constexpr double kTeams = 0.2;  // enough to keep from a ban: cells of an operator look so as well

// Has each account a machine of its own, at one address for days, and are they alike in cards or names beside prompts,
// not in machines or places? Who deals out the former has machines to deal out, too, or exits.
double on_own_machines(const Traits& t) {
  if (!t.has_activity || !t.addresses || t.asks_alone()) return 0;
  if (t.is_alike_in(kDevices) || t.is_alike_in(kAddresses)) return 0;
  return graded(*t.addresses, 2, 1.3) * graded(t.common_places, 2, 1) * graded(t.member_days, 3, 6);
}

// Strangers who run one public benchmark: what they ask is all they have in common, and it is done within days. Or
// teams that do, each on its card and its machines, for its own ends and at its own hours, or each account on a machine
// of its own, day after day.
BenignHypothesis benchmark(const Traits& t) {
  if (!t.has_activity) return {"benchmark", 0, ""};
  const double strangers = t.asks_alone() ? graded(t.member_days, 6, 3) : 0.0;
  const double apart = graded(t.connected, 0.7, 0.5) * no_pool(t);
  const double ask_alike = t.is_alike_in(kPrompts) ? 1.0 : 0.0;
  const double people = kTeams * ask_alike * apart * own_ends(t) * own_hours(t) * (1 - driven(t));
  const double suite = kDoubtful * ask_alike * on_own_machines(t);
  if (suite > std::max(people, strangers))
    return {"benchmark", suite, "teams that ask alike, each account from a machine of its own, day after day"};
  if (people > strangers) return {"benchmark", people, "teams that ask alike, each on things and at hours of its own"};
  return {"benchmark", strangers, "customers who ran one public benchmark, each on a few days"};
}

BenignHypothesis one_person(const Traits& t) {
  const double few = graded(static_cast<double>(t.size), 5, 3);
  const double quiet = t.has_activity ? graded(t.daily_requests, 60, 20) : 0.0;
  return {"one_person", few * quiet, "two or three accounts at a human volume: one person's own"};
}

BenignHypothesis shared_exit(const Traits& t) {
  return {"carrier_nat_or_vpn", only_addresses(t) ? graded(t.exclusivity, 0.6, 0.3) : 0.0,
          "addresses that many outside the group use as well"};
}

// What may hold of a group, and whether it can of accounts that evade (one person may; strangers do not know of each
// other, as long as they have nothing that is bought for many accounts, or all leave by one gateway; the people of one
// house at its address may have been banned by mistake), that are used up one after the other (a customer's tests may
// make an account each time, but people keep theirs), or that bear names dealt out to them: people of many names are
// customers of one payer, or strangers at one exit.
enum class MayEvade { no, at_home, strangers, yes };
struct Hypothesis {
  BenignHypothesis (*of)(const Traits& t);
  MayEvade may_evade = MayEvade::no;
  bool may_relay = false;
  bool many_names = false;
};
constexpr Hypothesis kHypotheses[] = {{family},
                                      {one_person, MayEvade::yes, true, true},
                                      {office, MayEvade::at_home},
                                      {campus},
                                      {classroom},
                                      {pipeline, MayEvade::no, true, true},
                                      {remote_team},
                                      {testers, MayEvade::no, false, true},
                                      {reseller, MayEvade::no, true, true},
                                      {organisation, MayEvade::at_home, true},
                                      {application, MayEvade::strangers},
                                      {course, MayEvade::strangers},
                                      {fad, MayEvade::strangers},
                                      {staff},
                                      {venue},
                                      {benchmark, MayEvade::strangers, true},
                                      {shared_exit, MayEvade::strangers, true, true}};

// Share of an explanation that is left to accounts that evade. Of a house's that is found at its address enough to keep
// from a ban: only its people can say. Strangers may be banned for what they all ask, but not one and all while those
// in no group are not.
double left_to_evaders(MayEvade may_evade, const Traits& t) {
  constexpr double kMistaken = 0.3;
  if (may_evade == MayEvade::yes) return 1;
  if (may_evade == MayEvade::strangers) {
    const bool nothing_bought = t.asks_alone() || t.tools_alone || t.places_alone || only_addresses(t);
    const double strangers = nothing_bought ? 1.0 : by_one_gateway(t);
    return strangers * (1 - graded(t.banned, 0.2, 0.4) * graded(t.ban_decades(), 4, 7));
  }
  return may_evade == MayEvade::at_home ? kMistaken * graded(t.address_reach, 0.2, 0.5) : 0.0;
}

}  // namespace

double evades(const Traits& t) {
  if (t.banned * static_cast<double>(t.size) < 1.5) return 0;
  const double replaced = t.renewed ? graded(*t.renewed, 0.02, 0.1) : 1.0;
  const double beyond_chance = t.ban_chance ? graded(t.ban_decades(), 1, 2) : 1.0;
  return beyond_chance * std::max(graded(t.banned, 0.02, 0.08) * replaced, graded(t.banned, 0.25, 0.5));
}

double any_benign(const std::vector<BenignHypothesis>& hypotheses) {
  double none = 1;
  for (const BenignHypothesis& one : hypotheses) none *= one.probability >= kLeastBenign ? 1 - one.probability : 1;
  return 1 - none;
}

std::vector<BenignHypothesis> explain_benign(const Traits& traits) {
  std::vector<BenignHypothesis> all;
  all.reserve(std::size(kHypotheses));
  for (const Hypothesis& hypothesis : kHypotheses) {
    all.push_back(hypothesis.of(traits));
    all.back().probability *= 1 - (1 - left_to_evaders(hypothesis.may_evade, traits)) * evades(traits);
    if (!hypothesis.may_relay) all.back().probability *= 1 - traits.relay;
    if (!hypothesis.many_names) all.back().probability *= 1 - traits.dealt_names;
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const BenignHypothesis& a, const BenignHypothesis& b) { return a.probability > b.probability; });
  return all;
}

}  // namespace ringscope
