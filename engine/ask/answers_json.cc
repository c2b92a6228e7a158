// The JSON of the answers of this folder; keys are documented under docs/schema/.
#include <cmath>

#include "engine/ask/account.h"
#include "engine/ask/shares_json.h"
#include "engine/ask/why.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/detect/ring/overrule_json.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/succession_json.h"
#include "engine/json.h"

namespace ringscope {
namespace {

Json shares_json(const std::vector<std::pair<std::string, double>>& shares) {
  Json json = Json::object();
  for (const auto& [name, share] : shares) json[name] = share;
  return json;
}

Json overlap_json(const AccountOverlap& overlap) {
  return {{"rings", shares_json(overlap.rings, "ring")}, {"campaigns", shares_json(overlap.campaigns, "campaign")}};
}

Json facts_json(const AccountFacts& facts) {
  return {{"created", time_json(facts.created)},
          {"plan", text_json(facts.plan.value())},
          {"status", text_json(facts.status.value())}};
}

Json activity_json(const ActivitySummary& activity) {
  return {{"requests", activity.requests},
          {"tokens", activity.tokens_in},
          {"tokens_out", activity.tokens_out},
          {"templated", activity.templated},
          {"active_days", activity.active_days},
          {"first_day", time_json(activity.first_day)},
          {"last_day", time_json(activity.last_day)},
          {"hours", activity.hours},
          {"capabilities", shares_json(activity.capabilities)},
          {"models", shares_json(activity.models)}};
}

Json verdict_json(const std::optional<ThingVerdict>& verdict) {
  return verdict ? Json(to_string(*verdict)) : Json(nullptr);
}

// Only of what was measured and found wanting.
Json trust_json(const std::optional<ThingVerdict>& verdict, double trust) {
  return verdict == ThingVerdict::uncorroborated ? Json(trust) : Json(nullptr);
}

Json why_not_json(const WhyNot& why) {
  return {{"cause", to_string(why.cause)},
          {"value", why.value},
          {"needed", std::isfinite(why.needed) ? Json(why.needed) : Json(nullptr)},
          {"unit", why.unit},
          {"meaning", why.meaning},
          {"details", why.details}};
}

Json why_not_json(const AccountWhyNot& answer) {
  Json json = why_not_json(answer.why);
  json["things"] = {{"evidence", answer.things.evidence},
                    {"over_cap", answer.things.over_cap},
                    {"listed", answer.things.listed},
                    {"uncorroborated", answer.things.uncorroborated},
                    {"unshared", answer.things.unshared}};
  json["partner"] = text_json(answer.partner);
  json["partner_bits"] = answer.partner_bits;
  return json;
}

Json expulsion_json(const Expulsion& expulsion) {
  Json things = Json::array();
  for (const ExpellingThing& thing : expulsion.things) {
    things.push_back(
        {{"kind", thing.kind}, {"value", thing.value}, {"accounts", thing.accounts}, {"members", thing.members}});
  }
  return {{"by", to_string(expulsion.by)},
          {"without", std::move(things)},
          {"smallest", expulsion.smallest},
          {"links", expulsion.links},
          {"unexplained_links", expulsion.unexplained},
          {"cohesion", expulsion.cohesion},
          {"least_cohesion", expulsion.least_cohesion},
          {"likeness", expulsion.likeness},
          {"meaning", expulsion.meaning}};
}

// Only where there are any.
Json with_cleared(Json json, std::uint32_t cleared) {
  if (cleared > 0) json["cleared"] = cleared;
  return json;
}

Json entity_json(const AccountEntity& entity) {
  return with_cleared({{"kind", entity.kind},
                       {"value", entity.value},
                       {"count", entity.count},
                       {"days", entity.days},
                       {"first", time_json(entity.first)},
                       {"last", time_json(entity.last)},
                       {"accounts", entity.accounts},
                       {"bits", entity.bits},
                       {"verdict", verdict_json(entity.verdict)},
                       {"trust", trust_json(entity.verdict, entity.trust)}},
                      entity.cleared);
}

Json ring_json(const RingMembership& ring) {
  Json json = {{"ring", ring.ring},
               {"ring_tier", to_string(ring.ring_tier)},
               {"ring_size", ring.ring_size},
               {"tier", to_string(ring.member.tier)},
               {"score", ring.member.score},
               {"membership", ring.member.membership},
               {"reasons", ring.member.reasons},
               {"campaign", ring.member.campaign},
               {"replaces", replacement_to_json(ring.member.replaces)}};
  put_decision(json, ring.member.verdict, ring.member.engine);
  if (ring.member.seeded) json["seeded"] = true;
  return json;
}

Json shared_json(const CommonEntity& shared) {
  return with_cleared({{"kind", shared.kind},
                       {"value", shared.value},
                       {"population", shared.accounts},
                       {"bits", shared.bits},
                       {"verdict", verdict_json(shared.verdict)},
                       {"trust", trust_json(shared.verdict, shared.trust)},
                       {"count_a", shared.count_a},
                       {"first_a", time_json(shared.first_a)},
                       {"last_a", time_json(shared.last_a)},
                       {"count_b", shared.count_b},
                       {"first_b", time_json(shared.first_b)},
                       {"last_b", time_json(shared.last_b)}},
                      shared.cleared);
}

const char* to_string(PathEnd end) {
  switch (end) {
    case PathEnd::found:
      return "found";
    case PathEnd::no_path:
      return "no_path";
    case PathEnd::gave_up:
      return "gave_up";
    case PathEnd::not_asked:
      break;
  }
  return "not_asked";
}

Json hop_json(const Hop& hop) {
  return {{"from", hop.from},
          {"to", hop.to},
          {"bits", hop.bits},
          {"kind", text_json(hop.kind)},
          {"value", text_json(hop.value)}};
}

Json chain_json(const std::vector<Hop>& chain) {
  Json json = Json::array();
  for (const Hop& hop : chain) json.push_back(hop_json(hop));
  return json;
}

Json break_json(const LinkBreak& breaks) {
  Json things = Json::array();
  for (const BreakingThing& thing : breaks.things) {
    things.push_back({{"kind", thing.kind}, {"value", thing.value}, {"bits", thing.bits}, {"vouches", thing.vouches}});
  }
  return {{"without", std::move(things)}, {"before", breaks.before},
          {"after", breaks.after},        {"needed", std::isfinite(breaks.cut) ? Json(breaks.cut) : Json(nullptr)},
          {"smallest", breaks.smallest},  {"meaning", breaks.meaning}};
}

}  // namespace

std::string account_to_json(const AccountPage& page) {
  Json json = {{"schema", "ringscope.account/1"},
               {"account", page.account},
               {"run", page.run == 0 ? Json(nullptr) : Json(page.run)},
               {"facts", facts_json(page.facts)},
               {"activity", activity_json(page.activity)},
               {"extraction", page.extraction ? Json::parse(extraction_to_json(*page.extraction)) : Json(nullptr)},
               {"ring", page.ring ? ring_json(*page.ring) : Json(nullptr)},
               {"why_not", page.why_not ? why_not_json(*page.why_not) : Json(nullptr)},
               {"overlap", overlap_json(page.overlap)},
               {"expelled_without", page.expulsion ? expulsion_json(*page.expulsion) : Json(nullptr)}};
  json["decisions"] = Json::parse(decisions_to_json(page.decisions));
  Json& entities = json["entities"] = Json::array();
  for (const AccountEntity& entity : page.entities) entities.push_back(entity_json(entity));
  return dump(json);
}

std::string why_to_json(const WhyAnswer& answer) {
  Json json = {{"schema", "ringscope.why/1"},
               {"a", answer.a},
               {"b", answer.b},
               {"run", answer.run == 0 ? Json(nullptr) : Json(answer.run)},
               {"same_ring", !answer.ring_a.empty() && answer.ring_a == answer.ring_b},
               {"ring_a", text_json(answer.ring_a)},
               {"ring_b", text_json(answer.ring_b)},
               {"bits", answer.bits},
               {"link_bits", answer.link_bits},
               {"meaning", answer.meaning},
               {"why_not", answer.why_not ? why_not_json(*answer.why_not) : Json(nullptr)},
               {"path_end", to_string(answer.path_end)}};
  Json& shared = json["shared"] = Json::array();
  for (const CommonEntity& entity : answer.shared) shared.push_back(shared_json(entity));
  Json& together = json["together"] = Json::array();
  for (const MetWithin& met : answer.together) together.push_back({{"window", met.window}, {"things", met.things}});
  json["path"] = chain_json(answer.path);
  Json& alternatives = json["alternatives"] = Json::array();
  for (const std::vector<Hop>& chain : answer.alternatives) alternatives.push_back(chain_json(chain));
  json["breaks"] = answer.breaks ? break_json(*answer.breaks) : Json(nullptr);
  return dump(json);
}

}  // namespace ringscope
