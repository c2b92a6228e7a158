// The half of ring_json.h that is about runs.
#include "engine/detect/project/run_tests_json.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/detect/ring/renewal_json.h"
#include "engine/detect/ring/ring_json.h"

namespace ringscope {
namespace {

// A bound that no day lies beyond is null.
Json window_json(const DayWindow& window) {
  const DayWindow all;
  return {{"first_day", window.first <= all.first ? Json(nullptr) : Json(window.first)},
          {"last_day", window.last == all.last ? Json(nullptr) : Json(window.last)}};
}
DayWindow window_from(const Json& json) {
  DayWindow window;
  if (const Json& first = json.at("first_day"); !first.is_null()) first.get_to(window.first);
  if (const Json& last = json.at("last_day"); !last.is_null()) last.get_to(window.last);
  return window;
}

// Names stand for keys: kind numbers are a store's own.
Json baseline_json(const UsageBaseline& baseline) {
  Json capabilities = Json::object();
  for (const CapabilityShare& one : baseline.capabilities) capabilities[one.name] = one.share;
  Json models = Json::array();
  for (const NewModel& one : baseline.new_models) {
    models.push_back({{"model", one.name}, {"first_day", one.first}, {"share", one.share}});
  }
  return {{"accounts", baseline.accounts},
          {"days", baseline.days},
          {"capabilities", std::move(capabilities)},
          {"new_models", std::move(models)},
          {"daily_requests", baseline.daily_requests},
          {"output", baseline.output},
          {"output_high", baseline.output_high}};
}

// The keys' kinds are not in the JSON: find_kinds() fills them in.
UsageBaseline baseline_from(const Json& json) {
  UsageBaseline baseline;
  json.at("accounts").get_to(baseline.accounts);
  json.at("days").get_to(baseline.days);
  const Json& capabilities = json.at("capabilities");
  baseline.capabilities.reserve(capabilities.size());
  for (const auto& [name, share] : capabilities.items()) {
    baseline.capabilities.push_back({{KindId{}, hash_value(name)}, name, share.get<double>()});
  }
  baseline.new_models.reserve(json.at("new_models").size());
  for (const Json& one : json.at("new_models")) {
    const auto name = one.at("model").get<std::string>();
    baseline.new_models.push_back(
        {{KindId{}, hash_value(name)}, name, one.at("first_day").get<Day>(), one.at("share").get<double>()});
  }
  json.at("daily_requests").get_to(baseline.daily_requests);
  json.at("output").get_to(baseline.output);
  json.at("output_high").get_to(baseline.output_high);
  return baseline;
}

Json run_json(const RunSummary& run) {
  Json json = {{"schema", "ringscope.run/1"},
               {"run", run.run},
               {"digest", run.digest},
               {"rings", run.rings},
               {"accounts", run.accounts},
               {"population_accounts", run.population_accounts},
               {"population_entities", run.population_entities},
               {"edges", run.edges},
               {"links", run.links},
               {"window", window_json(run.window)},
               {"baseline", baseline_json(run.baseline)},
               {"config_hash", run.config_hash},
               {"created", time_json(run.created)},
               {"seconds", run.seconds},
               {"peak_bytes", run.peak_bytes},
               {"tests", run.tests.known() ? tests_to_json(run.tests) : Json(nullptr)}};
  put_renewal(json, run.renewal);
  return json;
}

}  // namespace

std::string run_to_json(const RunSummary& run) { return dump(run_json(run)); }

std::string stored_run_to_json(const RunSummary& run) {
  Json json = run_json(run);
  json["pair_model"] = model_to_json(run.model);
  return dump(json);
}

RunSummary run_from_json(std::string_view text) {
  return parse_stored(text, "run", [](const Json& json) {
    RunSummary run;
    json.at("run").get_to(run.run);
    json.at("digest").get_to(run.digest);
    json.at("rings").get_to(run.rings);
    json.at("accounts").get_to(run.accounts);
    json.at("population_accounts").get_to(run.population_accounts);
    json.at("population_entities").get_to(run.population_entities);
    json.at("edges").get_to(run.edges);
    json.at("links").get_to(run.links);
    run.window = window_from(json.at("window"));
    if (json.contains("baseline")) run.baseline = baseline_from(json.at("baseline"));  // earlier programs: none
    json.at("config_hash").get_to(run.config_hash);
    run.renewal = renewal_from_json(json);
    run.created = time_from(json.at("created"));
    json.at("seconds").get_to(run.seconds);
    json.at("peak_bytes").get_to(run.peak_bytes);
    if (json.contains("tests") && !json.at("tests").is_null()) run.tests = tests_from_json(json.at("tests"));
    if (json.contains("pair_model")) run.model = model_from_json(json.at("pair_model"));
    return run;
  });
}

}  // namespace ringscope
