#include "engine/detect/ring/overrule_json.h"

#include "base/error.h"
#include "engine/json.h"

namespace ringscope {
namespace {

template <class Value>
Value known(const std::optional<Value>& value, const char* what) {
  if (!value) throw Error(ErrorCode::corrupt, std::string("a stored ring has an unknown ") + what);
  return *value;
}

}  // namespace

void put_decision(Json& json, const std::optional<GivenVerdict>& verdict, const std::optional<EngineWord>& engine) {
  json["verdict"] = nullptr;
  if (verdict) {
    json["verdict"] = {{"number", verdict->number},
                       {"word", to_string(verdict->word)},
                       {"by", verdict->by},
                       {"reason", verdict->reason},
                       {"given", verdict->given}};
  }
  json["engine"] = nullptr;
  if (engine) json["engine"] = {{"tier", to_string(engine->tier)}, {"score", engine->score}};
}

void read_decision(const Json& json, std::optional<GivenVerdict>& verdict, std::optional<EngineWord>& engine) {
  if (const auto given = json.find("verdict"); given != json.end() && !given->is_null()) {
    verdict = {given->at("number"), known(parse_verdict_word(given->at("word").get<std::string>()), "verdict"),
               given->at("by"), given->at("reason"), given->at("given")};
  }
  if (const auto word = json.find("engine"); word != json.end() && !word->is_null())
    engine = {known(parse_tier(word->at("tier").get<std::string>()), "tier"), word->at("score")};
}

}  // namespace ringscope
