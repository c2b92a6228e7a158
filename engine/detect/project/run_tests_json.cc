#include "engine/detect/project/run_tests_json.h"

#include <cmath>

#include "engine/json.h"

namespace ringscope {
namespace {}  // namespace

Json tests_to_json(const RunTests& tests) {
  return {{"pair_cut", std::isfinite(tests.pair_cut) ? Json(tests.pair_cut) : Json(nullptr)},
          {"hub_accounts", tests.hub_accounts},
          {"least_trust", tests.least_trust},
          {"vouch_core", tests.vouch_core},
          {"vouch_attach", tests.vouch_attach},
          {"resolution", tests.resolution},
          {"least_cohesion", tests.least_cohesion},
          {"min_ring", tests.min_ring},
          {"review_score", tests.review_score},
          {"ban_score", tests.ban_score},
          {"ban_benign", tests.ban_benign}};
}

RunTests tests_from_json(const Json& json) {
  RunTests tests;
  if (const Json& cut = json.at("pair_cut"); !cut.is_null()) cut.get_to(tests.pair_cut);
  json.at("hub_accounts").get_to(tests.hub_accounts);
  json.at("least_trust").get_to(tests.least_trust);
  json.at("vouch_core").get_to(tests.vouch_core);
  json.at("vouch_attach").get_to(tests.vouch_attach);
  json.at("resolution").get_to(tests.resolution);
  json.at("least_cohesion").get_to(tests.least_cohesion);
  json.at("min_ring").get_to(tests.min_ring);
  json.at("review_score").get_to(tests.review_score);
  json.at("ban_score").get_to(tests.ban_score);
  json.at("ban_benign").get_to(tests.ban_benign);
  return tests;
}

Json model_to_json(const PairModel& model) {
  Json layers = Json::array();
  for (const LayerModel& layer : model.layers) {
    Json vouches = Json::array();
    for (const LayerModel::Vouch& one : layer.vouches) vouches.push_back({one.log2_accounts, one.observed, one.fitted});
    Json scales = Json::array();
    for (const auto& [degree, scale] : layer.scales) scales.push_back({degree, scale});
    layers.push_back(
        {{"kind", layer.kind}, {"edges", layer.edges}, {"scales", std::move(scales)}, {"vouches", std::move(vouches)}});
  }
  Json intensity = Json::array();
  for (const auto& [bin, events] : model.intensity) intensity.push_back({bin, events});
  return {{"intensity", std::move(intensity)}, {"layers", std::move(layers)}};
}

PairModel model_from_json(const Json& json) {
  PairModel model;
  for (const Json& one : json.at("intensity")) model.intensity.emplace_back(one.at(0), one.at(1));
  for (const Json& one : json.at("layers")) {
    LayerModel& layer = model.layers.emplace_back();
    one.at("kind").get_to(layer.kind);
    one.at("edges").get_to(layer.edges);
    for (const Json& scale : one.at("scales")) layer.scales.emplace_back(scale.at(0), scale.at(1));
    for (const Json& vouch : one.at("vouches")) layer.vouches.push_back({vouch.at(0), vouch.at(1), vouch.at(2)});
  }
  return model;
}

}  // namespace ringscope
