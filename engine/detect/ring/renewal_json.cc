#include "engine/detect/ring/renewal_json.h"

#include "engine/json.h"

namespace ringscope {

void put_renewal(Json& json, const Renewal& renewal) {
  json["mode"] = renewal.base == 0 ? "full" : "incremental";
  json["base"] = renewal.base == 0 ? Json(nullptr) : Json(renewal.base);
  json["reason"] = renewal.reason;
  json["touched"] = renewal.touched;
  json["rewired"] = renewal.rewired;
  json["frontier"] = {
      {"retested", renewal.retested}, {"reclustered", renewal.reclustered}, {"rejudged", renewal.rejudged}};
  Json drift = Json::object();
  for (const auto& [name, value] : renewal.drift) drift[name] = value;
  json["drift"] = std::move(drift);
}

Renewal renewal_from_json(const Json& json) {
  Renewal renewal;
  if (!json.contains("mode")) return renewal;
  if (!json.at("base").is_null()) json.at("base").get_to(renewal.base);
  json.at("reason").get_to(renewal.reason);
  json.at("touched").get_to(renewal.touched);
  json.at("rewired").get_to(renewal.rewired);
  json.at("frontier").at("retested").get_to(renewal.retested);
  json.at("frontier").at("reclustered").get_to(renewal.reclustered);
  json.at("frontier").at("rejudged").get_to(renewal.rejudged);
  for (const auto& [name, value] : json.at("drift").items()) renewal.drift.emplace_back(name, value.get<double>());
  return renewal;
}

}  // namespace ringscope
