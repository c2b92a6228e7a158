#include "engine/ask/compare.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/json.h"

namespace ringscope {
namespace {

Json brief_json(const RingBrief& brief) {
  return {{"ring", brief.ring},
          {"tier", to_string(brief.tier)},
          {"score", brief.score},
          {"size", brief.size},
          {"looked_at", brief.looked_at},
          {"campaign", brief.campaign},
          {"kinds", brief.kinds},
          {"summary", brief.summary},
          {"first_seen", time_json(brief.first_seen)},
          {"last_seen", time_json(brief.last_seen)},
          {"behaviour", Json::parse(behavior_to_json(brief.behavior))},
          {"hours", brief.hours}};
}

Json share_json(double share) { return share < 0 ? Json(nullptr) : Json(share); }

}  // namespace

std::string comparison_to_json(const Comparison& one) {
  Json things = Json::array(), traits = Json::array();
  for (const CommonThing& thing : one.things) {
    things.push_back({{"kind", thing.kind},
                      {"value", thing.value},
                      {"members_a", thing.members_a},
                      {"members_b", thing.members_b},
                      {"accounts", thing.accounts},
                      {"bits", thing.bits}});
  }
  for (const CommonTrait& trait : one.traits) {
    traits.push_back(
        {{"kind", trait.kind}, {"value", trait.value}, {"accounts", trait.accounts}, {"population", trait.population}});
  }
  return dump({{"schema", "ringscope.compare/1"},
               {"run", one.run},
               {"a", brief_json(one.a)},
               {"b", brief_json(one.b)},
               {"answer", to_string(one.answer)},
               {"reasons", one.reasons},
               {"moved", {{"count", one.moved_count}, {"accounts", one.moved}}},
               {"things_count", one.things_count},
               {"things", std::move(things)},
               {"traits", std::move(traits)},
               {"links",
                {{"count", one.links},
                 {"members_a", one.linked_a},
                 {"members_b", one.linked_b},
                 {"strongest", one.strongest_link}}},
               {"campaigns", one.campaigns},
               {"successions", one.successions},
               {"alike",
                {{"hours", share_json(one.alike.hours)},
                 {"capabilities", share_json(one.alike.capabilities)},
                 {"prompts", share_json(one.alike.prompts)}}}});
}

}  // namespace ringscope
