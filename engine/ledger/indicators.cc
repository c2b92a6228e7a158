#include "engine/ledger/indicators.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/attribute/indicator_kinds.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/normalize.h"
#include "engine/json.h"
#include "engine/ledger/stix_pattern.h"
#include "engine/load/network.h"

namespace ringscope {
namespace {

constexpr std::size_t kMaxCampaignBytes = 512;

// A text or whole number under the key; empty when it is missing or something else.
std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_number_integer() ? found->dump() : std::string();
}

bool has_type(const Json& json, std::string_view type) { return json.is_object() && text_of(json, "type") == type; }

// Collects entries; `place` is where it stands at the moment.
class Collector {
 public:
  Collector(std::string_view campaign, IndicatorReading& reading) : default_campaign_(campaign), reading_(reading) {}

  void at(std::string place) { place_ = std::move(place); }
  void reject(std::string field, std::string reason) {
    reading_.rejects.push_back({place_, std::move(field), std::move(reason)});
  }

  // An indicator or a campaign with its indicators.
  void entry(const Json& json) {
    if (!json.is_object()) return reject("", "not an object");
    if (!json.contains("indicators")) return single(json, "", campaign_of(json));
    const std::string campaign = campaign_of(json);
    const Json& list = json.at("indicators");
    if (!list.is_array()) return reject("indicators", "not an array");
    for (std::size_t i = 0; i < list.size(); ++i) single(list[i], fmt::format("indicators[{}]", i), campaign);
  }

  // False when it was rejected. The value's field is named `value_field`.
  void add(std::string_view campaign, std::string_view kind, std::string_view value, const std::string& prefix) {
    const std::string dot = prefix.empty() ? "" : prefix + ".";
    if (campaign.empty()) return reject(dot + "campaign", "missing, and --campaign names none");
    if (campaign.size() > kMaxCampaignBytes) return reject(dot + "campaign", "longer than 512 bytes");
    if (campaign.find('\0') != std::string_view::npos) return reject(dot + "campaign", "contains a NUL byte");
    CleanIndicator clean = clean_indicator(kind, value);
    if (!clean.fault.empty()) return reject(dot + std::string(clean.fault_field), std::string(clean.fault));
    reading_.indicators.push_back({std::string(campaign), std::move(clean.kind), std::move(clean.value)});
  }

  const std::string& default_campaign() const { return default_campaign_; }

 private:
  std::string campaign_of(const Json& json) const {
    const std::string own(trim(text_of(json, "campaign")));
    return own.empty() ? default_campaign_ : own;
  }

  void single(const Json& json, const std::string& prefix, const std::string& campaign) {
    if (!json.is_object()) return reject(prefix, "not an object");
    const bool by_type = !json.contains("kind") && json.contains("type");
    if (!json.contains("kind") && !by_type && !json.contains("value"))
      return reject(prefix, "neither an indicator (kind, value) nor a campaign (campaign, indicators)");
    const std::string own(trim(text_of(json, "campaign")));
    add(own.empty() ? campaign : own, text_of(json, by_type ? "type" : "kind"), text_of(json, "value"), prefix);
  }

  std::string default_campaign_;
  IndicatorReading& reading_;
  std::string place_;
};

// -- STIX

class Bundle {
 public:
  Bundle(const Json& objects, Collector& collector) : objects_(objects), collector_(collector) {
    for (const Json& object : objects) {
      const std::string id = object.is_object() ? text_of(object, "id") : "";
      for (std::size_t rank = 0; rank < kOwners.size(); ++rank) {
        if (has_type(object, kOwners[rank])) owners_[id] = {rank, std::string(trim(text_of(object, "name")))};
      }
    }
    for (const Json& object : objects) {
      if (has_type(object, "relationship") && text_of(object, "relationship_type") == "indicates")
        indicates_[text_of(object, "source_ref")].insert(text_of(object, "target_ref"));
    }
  }

  void collect(const std::string& place) {
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      collector_.at(fmt::format("{}objects[{}]", place, i));
      if (!objects_[i].is_object()) collector_.reject("", "not an object");
      if (has_type(objects_[i], "indicator")) indicator(objects_[i]);
    }
  }

 private:
  struct Owner {
    std::size_t rank = 0;
    std::string name;
  };
  // Whom an indicator can speak for; the first kind that it is related to counts.
  static constexpr std::array<std::string_view, 3> kOwners = {"campaign", "intrusion-set", "threat-actor"};

  void indicator(const Json& object) {
    const std::string type = text_of(object, "pattern_type");
    if (!type.empty() && type != "stix") return collector_.reject("pattern_type", "not \"stix\"");
    if (object.value("revoked", Json(false)) == Json(true))
      return collector_.reject("revoked", "revoked by its source");
    const std::string text = text_of(object, "pattern");
    if (text.empty()) return collector_.reject("pattern", "missing");
    const StixPattern pattern = parse_stix_pattern(text);
    for (const std::string& fault : pattern.faults) collector_.reject("pattern", fault);
    const std::set<std::string> campaigns = campaigns_of(text_of(object, "id"));
    if (campaigns.empty() && !pattern.comparisons.empty())
      return collector_.reject("", "related to no campaign, and --campaign names none");
    for (const StixComparison& one : pattern.comparisons) {
      for (const std::string& campaign : campaigns) collector_.add(campaign, one.kind, one.value, "pattern");
    }
  }

  std::set<std::string> campaigns_of(const std::string& id) const {
    std::size_t best = kOwners.size();
    std::set<std::string> names;
    const auto related = indicates_.find(id);
    for (const std::string& target : related == indicates_.end() ? std::set<std::string>{} : related->second) {
      const auto owner = owners_.find(target);
      if (owner == owners_.end() || owner->second.name.empty() || owner->second.rank > best) continue;
      if (owner->second.rank < best) names.clear();
      best = owner->second.rank;
      names.insert(owner->second.name);
    }
    if (!names.empty()) return names;
    const std::string only = only_campaign();
    if (!only.empty()) return {only};
    if (!collector_.default_campaign().empty()) return {collector_.default_campaign()};
    return {};
  }

  // The bundle's single campaign; where it has none, its single intrusion set or threat actor.
  std::string only_campaign() const {
    for (std::size_t rank = 0; rank < kOwners.size(); ++rank) {
      std::set<std::string> names;
      for (const auto& [id, owner] : owners_) {
        if (owner.rank == rank && !owner.name.empty()) names.insert(owner.name);
      }
      if (!names.empty()) return names.size() == 1 ? *names.begin() : std::string();
    }
    return {};
  }

  const Json& objects_;
  Collector& collector_;
  std::map<std::string, Owner> owners_;                     // by id
  std::map<std::string, std::set<std::string>> indicates_;  // by indicator
};

bool is_bundle(const Json& json) {
  return has_type(json, "bundle") && json.contains("objects") && json.at("objects").is_array();
}

void collect(const Json& json, const std::string& place, Collector& collector) {
  if (is_bundle(json)) return Bundle(json.at("objects"), collector).collect(place);
  collector.at(place.ends_with(' ') ? place.substr(0, place.size() - 2) : place);
  collector.entry(json);
}

// -- the file as a whole

void collect_document(const Json& json, const std::string& label, Collector& collector) {
  if (!json.is_array()) return collect(json, label + ": ", collector);
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (is_bundle(json[i])) {
      collect(json[i], fmt::format("{}: [{}].", label, i), collector);
    } else {
      collect(json[i], fmt::format("{}: [{}]", label, i), collector);
    }
  }
}

void collect_lines(std::string_view text, const std::string& label, Collector& collector) {
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::string place = fmt::format("{}:{}", label, ++number);
    if (line.empty()) continue;
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded()) {
      collector.at(place);
      collector.reject("", "not a JSON object");
    } else {
      collect(json, is_bundle(json) ? place + ": " : place, collector);
    }
  }
}

// Whether a text that is no JSON document is a list of lines, some of them bad, rather than one broken document: then
// some line is an object by itself.
bool looks_like_lines(std::string_view text) {
  if (trim(text).starts_with('[')) return false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (Json::parse(rest.substr(0, end), nullptr, false).is_object() && end > 2) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::string syntax_error(std::string_view text, std::size_t byte) {
  if (trim(text).empty()) return "the file is empty; write JSON, JSON Lines or a STIX 2.1 bundle";
  const auto line = std::ranges::count(text.substr(0, std::max<std::size_t>(byte, 1) - 1), '\n') + 1;
  return fmt::format("neither JSON nor JSON Lines: a syntax error in line {}", line);
}

}  // namespace

IndicatorReading parse_indicators(std::string_view text, const std::string& label, std::string_view campaign) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  IndicatorReading reading;
  Collector collector(trim(campaign), reading);
  const auto collect_as_lines = [&](const std::string& else_wrong) {
    if (!looks_like_lines(text)) throw Error(ErrorCode::input, else_wrong, label);
    collect_lines(text, label, collector);
  };
  try {
    collect_document(Json::parse(text), label, collector);
  } catch (const Json::parse_error& error) {
    collect_as_lines(syntax_error(text, error.byte));
  } catch (const Json::out_of_range&) {
    collect_as_lines("neither JSON nor JSON Lines: a number is too large");
  }
  std::sort(reading.indicators.begin(), reading.indicators.end());
  reading.indicators.erase(std::unique(reading.indicators.begin(), reading.indicators.end()), reading.indicators.end());
  return reading;
}

IndicatorImport import_indicators(Store& store, const std::string& file, std::string_view campaign) {
  IndicatorReading reading = parse_indicators(read_file(file), file, campaign);
  for (StoredIndicator& one : reading.indicators) {
    // A network of one address is that address, which stands nowhere as it came.
    const auto network = one.kind == "cidr" && store.seals("ip") ? parse_network(one.value) : std::nullopt;
    if (network && network->bits == 128) one = {one.campaign, "ip", one.value.substr(0, one.value.find('/'))};
    one.value = store.stored_value(one.kind, one.value);
  }
  std::ranges::sort(reading.indicators);
  IndicatorImport result;
  result.added = store.add_indicators(reading.indicators);
  result.read = reading.indicators.size();
  for (const StoredIndicator& one : reading.indicators) {
    if (result.campaigns.empty() || result.campaigns.back() != one.campaign) result.campaigns.push_back(one.campaign);
  }
  result.rejects = std::move(reading.rejects);
  return result;
}

}  // namespace ringscope
