#include "engine/detect/ring/ring_json.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/project/run_tests_json.h"
#include "engine/detect/ring/evidence_text.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/detect/ring/member_text.h"
#include "engine/detect/ring/overrule_json.h"
#include "engine/detect/ring/plain_text.h"
#include "engine/detect/ring/succession_json.h"
#include "engine/json.h"

namespace ringscope {
namespace {

Evidence evidence_from(const Json& json) {
  Evidence evidence;
  json.at("kind").get_to(evidence.kind);
  json.at("value").get_to(evidence.value);
  json.at("accounts").get_to(evidence.accounts);
  json.at("population").get_to(evidence.population);
  json.at("bits").get_to(evidence.bits);
  if (const auto crowd = json.find("crowd"); crowd != json.end() && !crowd->is_null()) {
    crowd->at("class").get_to(evidence.crowd);
    crowd->at("probability").get_to(evidence.crowd_probability);
  }
  evidence.cleared = json.value("cleared", std::uint32_t{0});
  evidence.first = time_from(json.at("first"));
  evidence.last = time_from(json.at("last"));
  return evidence;
}

Json common_json(const CommonTrait& trait) {
  return {{"kind", trait.kind}, {"value", trait.value}, {"accounts", trait.accounts}, {"population", trait.population}};
}

CommonTrait common_from(const Json& json) {
  return {json.at("kind"), json.at("value"), json.at("accounts"), json.at("population")};
}

Json listed_json(const std::vector<ListedShare>& listed) {
  Json list = Json::array();
  for (const ListedShare& one : listed)
    list.push_back({{"list", one.list}, {"share", one.share}, {"population", one.population}});
  return list;
}

Json behavior_json(const Behavior& behavior) {
  Json capabilities = Json::object();
  for (const auto& [name, share] : behavior.capabilities) capabilities[name] = share;
  return {{"requests", behavior.requests},
          {"tokens", behavior.tokens_in},
          {"tokens_out", behavior.tokens_out},
          {"capabilities", std::move(capabilities)},
          {"template_repetition", behavior.template_repetition},
          {"synchrony", behavior.synchrony},
          {"active_hours", behavior.active_hours},
          {"weekend_share", behavior.weekend_share},
          {"active_days", behavior.active_days},
          {"traffic_ratio", behavior.traffic_ratio},
          {"traffic_p", behavior.traffic_p},
          {"turns_z", behavior.turns_z},
          {"listed", listed_json(behavior.listed)}};
}

Behavior behavior_from(const Json& json) {
  Behavior behavior;
  json.at("requests").get_to(behavior.requests);
  json.at("tokens").get_to(behavior.tokens_in);
  json.at("tokens_out").get_to(behavior.tokens_out);
  for (const auto& [name, share] : json.at("capabilities").items()) {
    behavior.capabilities.emplace_back(name, share.get<double>());
  }
  json.at("template_repetition").get_to(behavior.template_repetition);
  json.at("synchrony").get_to(behavior.synchrony);
  json.at("active_hours").get_to(behavior.active_hours);
  json.at("weekend_share").get_to(behavior.weekend_share);
  json.at("active_days").get_to(behavior.active_days);
  behavior.traffic_ratio = json.value("traffic_ratio", 1.0);  // runs of earlier programs have none
  behavior.traffic_p = json.value("traffic_p", 1.0);
  behavior.turns_z = json.value("turns_z", 0.0);
  for (const Json& one : json.value("listed", Json::array()))
    behavior.listed.push_back({one.at("list"), one.at("share"), one.at("population")});
  return behavior;
}

Json extraction_json(const std::optional<Extraction>& extraction) {
  if (!extraction) return nullptr;
  Json features = Json::array();
  for (const ExtractionFeature& one : extraction->features) {
    features.push_back({{"name", one.name}, {"value", one.value}, {"nats", one.nats}, {"reason", one.reason}});
  }
  return {
      {"probability", extraction->probability}, {"targets", extraction->targets}, {"features", std::move(features)}};
}

// Nothing of runs of earlier programs, which have none.
std::optional<Extraction> extraction_from(const Json& ring) {
  if (!ring.contains("extraction") || ring.at("extraction").is_null()) return std::nullopt;
  const Json& json = ring.at("extraction");
  Extraction extraction;
  json.at("probability").get_to(extraction.probability);
  json.at("targets").get_to(extraction.targets);
  extraction.features.reserve(json.at("features").size());
  for (const Json& one : json.at("features")) {
    extraction.features.push_back({one.at("name"), one.at("value"), one.at("nats"), one.at("reason")});
  }
  return extraction;
}

Json campaign_json(const CampaignMatch& campaign) {
  Json indicators = Json::array();
  for (const MatchedIndicator& one : campaign.indicators) {
    indicators.push_back({{"kind", one.kind},
                          {"value", one.value},
                          {"accounts", one.accounts},
                          {"population", one.population},
                          {"weight", one.weight},
                          {"members", one.members}});
  }
  Json capabilities = Json::object();
  for (const auto& [name, share] : campaign.capabilities) capabilities[name] = share;
  return {{"campaign", campaign.campaign},      {"confidence", campaign.confidence},
          {"touched", campaign.touched},        {"accounts", campaign.accounts},
          {"requests", campaign.requests},      {"tokens", campaign.tokens_in},
          {"tokens_out", campaign.tokens_out},  {"capabilities", std::move(capabilities)},
          {"indicators", std::move(indicators)}};
}

CampaignMatch campaign_from(const Json& json) {
  CampaignMatch campaign;
  json.at("campaign").get_to(campaign.campaign);
  json.at("confidence").get_to(campaign.confidence);
  json.at("touched").get_to(campaign.touched);
  json.at("accounts").get_to(campaign.accounts);
  json.at("requests").get_to(campaign.requests);
  json.at("tokens").get_to(campaign.tokens_in);
  json.at("tokens_out").get_to(campaign.tokens_out);
  for (const auto& [name, share] : json.at("capabilities").items()) {
    campaign.capabilities.emplace_back(name, share.get<double>());
  }
  for (const Json& one : json.at("indicators")) {
    campaign.indicators.push_back({one.at("kind"), one.at("value"), one.at("accounts"), one.at("population"),
                                   one.at("weight"), one.at("members")});
  }
  return campaign;
}

Json member_json(const Member& member) {
  Json json = {{"account", member.name},
               {"membership", member.membership},
               {"score", member.score},
               {"tier", to_string(member.tier)},
               {"reasons", member.reasons},
               {"campaign", member.campaign},
               {"likeness", member.likeness},
               {"extraction", member.extraction ? Json(*member.extraction) : Json(nullptr)},
               {"replaces", replacement_to_json(member.replaces)}};
  put_decision(json, member.verdict, member.engine);
  if (member.seeded) json["seeded"] = true;
  return json;
}

Member member_from(const Json& json) {
  Member member;
  json.at("account").get_to(member.name);
  json.at("membership").get_to(member.membership);
  json.at("score").get_to(member.score);
  member.tier = tier_from(json.at("tier"));
  json.at("reasons").get_to(member.reasons);
  member.campaign = json.value("campaign", std::string());  // runs of earlier programs have none
  member.likeness = json.value("likeness", std::uint32_t{0});
  if (json.contains("extraction") && !json.at("extraction").is_null())
    member.extraction = json.at("extraction").get<double>();
  read_decision(json, member.verdict, member.engine);
  if (json.contains("replaces")) member.replaces = replacement_from_json(json.at("replaces"));
  member.seeded = json.value("seeded", false);
  member.account = hash_value(member.name);
  return member;
}

void put_headline(Json& json, const Ring& ring) {
  json["schema"] = "ringscope.ring/1";
  json["ring"] = ring.id;
  json["version"] = ring.version;
  json["run"] = ring.run;
  json["tier"] = to_string(ring.tier);
  json["score"] = ring.score;
  json["size"] = ring.members.size();
  json["campaign"] = ring.campaign;
  json["confidence"] = ring.confidence;
  json["summary"] = ring.summary;
  put_decision(json, ring.verdict, ring.engine);
  json["carried"] = ring.carried;
}

// What follows the evidence.
void put_reasons(Json& json, const Ring& ring) {
  json["evidence_count"] = ring.evidence_count;
  Json& common = json["common"] = Json::array();
  for (const CommonTrait& trait : ring.common) common.push_back(common_json(trait));
  json["kinds"] = ring.kinds;
  json["behaviour"] = behavior_json(ring.behavior);
  json["extraction"] = extraction_json(ring.extraction);
  Json& benign = json["benign"] = Json::array();
  for (const BenignHypothesis& one : ring.benign) {
    benign.push_back({{"class", one.name}, {"probability", one.probability}, {"reason", one.reason}});
  }
  json["first_seen"] = time_json(ring.first_seen);
  json["last_seen"] = time_json(ring.last_seen);
  json["parents"] = ring.parents;
  json["reasons"] = ring.reasons;
  Json& features = json["features"] = Json::object();
  for (const auto& [name, value] : ring.features) features[name] = value;
  Json& campaigns = json["campaigns"] = Json::array();
  for (const CampaignMatch& one : ring.campaigns) campaigns.push_back(campaign_json(one));
  put_successions(json, ring);
}

constexpr std::string_view kEvidence = ",\"evidence\":";
constexpr std::string_view kKeys = ",\"keys\":[";

// `head` is a whole object: `parts`, the evidence and the reasons come before its end.
std::string with_reasons(std::string head, std::string_view parts, const Ring& ring) {
  Json reasons;
  put_reasons(reasons, ring);
  head.pop_back();
  head += parts;
  head += kEvidence;
  append_evidence(head, ring.evidence);
  head += ',';
  return head += std::string_view(dump(reasons)).substr(1);
}

// Everything but the members.
Ring ring_from(const Json& json) {
  Ring ring;
  json.at("ring").get_to(ring.id);
  json.at("version").get_to(ring.version);
  json.at("run").get_to(ring.run);
  ring.tier = tier_from(json.at("tier"));
  json.at("score").get_to(ring.score);
  json.at("campaign").get_to(ring.campaign);
  json.at("confidence").get_to(ring.confidence);
  json.at("summary").get_to(ring.summary);
  read_decision(json, ring.verdict, ring.engine);
  ring.carried = json.value("carried", false);
  for (const Json& one : json.at("evidence")) ring.evidence.push_back(evidence_from(one));
  json.at("evidence_count").get_to(ring.evidence_count);
  for (const Json& one : json.value("common", Json::array())) ring.common.push_back(common_from(one));
  json.at("kinds").get_to(ring.kinds);
  ring.behavior = behavior_from(json.at("behaviour"));
  ring.extraction = extraction_from(json);
  for (const Json& one : json.at("benign")) {
    ring.benign.push_back({one.at("class"), one.at("probability"), one.at("reason")});
  }
  ring.first_seen = time_from(json.at("first_seen"));
  ring.last_seen = time_from(json.at("last_seen"));
  json.at("parents").get_to(ring.parents);
  json.at("reasons").get_to(ring.reasons);
  if (json.contains("features")) {  // runs of earlier programs have none
    for (const auto& [name, value] : json.at("features").items()) ring.features.emplace_back(name, value.get<double>());
  }
  if (json.contains("campaigns")) {
    for (const Json& one : json.at("campaigns")) ring.campaigns.push_back(campaign_from(one));
  }
  get_successions(json, ring);
  return ring;
}

}  // namespace

std::string ring_to_json(const Ring& ring) {
  Json head;
  put_headline(head, ring);
  std::string parts = ",\"accounts\":[";
  for (const Member& member : ring.members) {
    append_json_text(parts, member.name);
    parts += ',';
  }
  if (parts.back() == ',') parts.pop_back();
  parts += "],\"members\":[";
  for (const Member& member : ring.members) {
    if (!append_plain_member(parts, member)) parts += dump(member_json(member));
    parts += ',';
  }
  if (parts.back() == ',') parts.pop_back();
  parts += ']';
  return with_reasons(dump(head), parts, ring);
}

std::string ring_to_json_without_members(const Ring& ring) {
  Json head;
  put_headline(head, ring);
  return with_reasons(dump(head), "", ring);
}

Ring ring_from_json(std::string_view text) {
  return parse_stored(text, "ring", [](const Json& json) {
    Ring ring = ring_from(json);
    for (const Json& one : json.at("members")) ring.members.push_back(member_from(one));
    return ring;
  });
}

std::string ring_head_to_json(const Ring& ring) {
  Json head;
  put_headline(head, ring);
  std::string keys(kKeys);
  for (const Member& member : ring.members) {
    keys += std::to_string(member.account);
    keys += ',';
  }
  if (keys.back() == ',') keys.pop_back();
  keys += ']';
  return with_reasons(dump(head), keys, ring);
}

namespace {

[[noreturn]] void fail_at_keys() {
  throw Error(ErrorCode::corrupt, "a stored ring cannot be read: its keys are damaged; run 'ringscope doctor'");
}

// "1,2,3"
void set_keys(std::string_view text, std::vector<Member>& members) {
  members.resize(text.empty() ? 0 : static_cast<std::size_t>(std::ranges::count(text, ',')) + 1);
  const char* at = text.data();
  const char* const end = at + text.size();
  for (Member& member : members) {
    const auto [next, error] = std::from_chars(at, end, member.account);
    if (error != std::errc() || (next == end) != (&member == &members.back())) fail_at_keys();
    if (next == end) return;
    if (*next != ',') fail_at_keys();
    at = next + 1;
  }
}

}  // namespace

Ring ring_head_from_json(std::string_view text, std::vector<Member> members) {
  // Of a large ring keys and evidence are nearly all of the text, and as JSON they would take ten times as long. In a
  // string the quotes would stand behind backslashes.
  const std::size_t begin = text.find(kKeys);
  const std::size_t end = begin == text.npos ? begin : text.find(']', begin);
  if (end == text.npos) fail_at_keys();
  const std::string_view keys = text.substr(begin, end - begin).substr(kKeys.size());
  std::string others(text.substr(0, begin));
  text.remove_prefix(end + 1);
  std::vector<Evidence> evidence;
  if (text.starts_with(kEvidence)) {
    const std::size_t read = plain_evidence_from(text.substr(kEvidence.size()), evidence);
    if (read == 0) evidence.clear();  // the whole reader reads it
    if (read > 0) {
      others.append(kEvidence).append("[]");
      text.remove_prefix(kEvidence.size() + read);
    }
  }
  others.append(text);
  Ring ring = parse_stored(others, "ring", ring_from);
  if (!evidence.empty()) ring.evidence = std::move(evidence);
  ring.members = std::move(members);
  set_keys(keys, ring.members);
  return ring;
}

std::string member_to_json(const Member& member) {
  std::string text;
  return append_plain_member(text, member) ? text : dump(member_json(member));
}

void read_member(std::string_view text, Member& member) {
  if (!read_plain_member(text, member)) member = parse_stored(text, "member", member_from);
}

Member member_from_json(std::string_view text) {
  Member member;
  read_member(text, member);
  return member;
}

std::string behavior_to_json(const Behavior& behavior) { return dump(behavior_json(behavior)); }

std::string extraction_to_json(const Extraction& extraction) { return dump(extraction_json(extraction)); }

}  // namespace ringscope
