#include "engine/detect/ring/succession_json.h"

#include "engine/json.h"

namespace ringscope {
namespace {

Json reused_json(const std::vector<ReusedThing>& reused) {
  Json list = Json::array();
  for (const ReusedThing& one : reused)
    list.push_back({{"kind", one.kind}, {"value", one.value}, {"bits", one.bits}, {"accounts", one.accounts}});
  return list;
}

std::vector<ReusedThing> reused_from(const Json& json) {
  std::vector<ReusedThing> reused;
  reused.reserve(json.size());
  for (const Json& one : json) reused.push_back({one.at("kind"), one.at("value"), one.at("bits"), one.at("accounts")});
  return reused;
}

BanWave wave_from(const Json& json) {
  return {json.at("first"), json.at("last"), json.at("accounts"), json.at("lost_daily")};
}

Handover handover_from(const Json& json) {
  return {.ring = json.at("ring"),
          .wave = wave_from(json.at("wave")),
          .accounts = json.at("accounts"),
          .lag = json.at("lag"),
          .gained_daily = json.at("gained_daily"),
          .probability = json.at("probability"),
          .p_value = json.at("p_value"),
          .reused = reused_from(json.at("reused")),
          .reasons = json.at("reasons")};
}

}  // namespace

Json wave_to_json(const BanWave& wave) {
  return {{"first", wave.first}, {"last", wave.last}, {"accounts", wave.accounts}, {"lost_daily", wave.lost_daily}};
}

Json handover_to_json(const Handover& handover) {
  return {
      {"ring", handover.ring},       {"wave", wave_to_json(handover.wave)},    {"accounts", handover.accounts},
      {"lag", handover.lag},         {"gained_daily", handover.gained_daily},  {"probability", handover.probability},
      {"p_value", handover.p_value}, {"reused", reused_json(handover.reused)}, {"reasons", handover.reasons}};
}

void put_successions(Json& json, const Ring& ring) {
  Json& waves = json["ban_waves"] = Json::array();
  for (const BanWave& wave : ring.ban_waves) waves.push_back(wave_to_json(wave));
  Json& succeeds = json["succeeds"] = Json::array();
  for (const Handover& handover : ring.succeeds) succeeds.push_back(handover_to_json(handover));
}

void get_successions(const Json& json, Ring& ring) {
  for (const Json& one : json.value("ban_waves", Json::array())) ring.ban_waves.push_back(wave_from(one));
  for (const Json& one : json.value("succeeds", Json::array())) ring.succeeds.push_back(handover_from(one));
}

Json replacement_to_json(const std::optional<Replacement>& replacement) {
  if (!replacement) return nullptr;
  return {{"account", replacement->account},
          {"ring", replacement->ring.empty() ? Json(nullptr) : Json(replacement->ring)},
          {"banned", replacement->banned},
          {"lag", replacement->lag},
          {"probability", replacement->probability},
          {"among", replacement->among},
          {"reused", reused_json(replacement->reused)}};
}

std::optional<Replacement> replacement_from_json(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return Replacement{.account = json.at("account"),
                     .ring = json.at("ring").is_null() ? std::string() : json.at("ring").get<std::string>(),
                     .banned = json.at("banned"),
                     .lag = json.at("lag"),
                     .probability = json.at("probability"),
                     .among = json.at("among"),
                     .reused = reused_from(json.at("reused"))};
}

}  // namespace ringscope
