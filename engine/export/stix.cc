#include "engine/export/stix.h"

#include "engine/detect/ring/json_parts.h"
#include "engine/export/digest.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

constexpr std::string_view kObservables = "00abedb4-aa42-466c-9c01-fed23315a9b7";  // of the standard
constexpr std::string_view kOwn = "5f3a1c52-6f0e-5b51-9d2b-1c9f6a1d7e10";          // of our own objects
constexpr std::string_view kGreen = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da";
constexpr std::string_view kAmber = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";

std::string identity() { return stix_id("identity", "ringscope"); }

// A text of a pattern.
std::string quoted(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text += '\'';
}

bool is_plain(std::string_view kind) {
  return kind.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos && !kind.empty();
}

}  // namespace

std::string stix_time(Seconds t) {
  std::string text = format_time(t == kNoTime ? 0 : t);
  text.replace(text.size() - 1, 1, ".000Z");
  return text;
}

std::string stix_time_of(Millis t) {
  std::string text = format_time(t / 1000);
  text.replace(text.size() - 1, 1, fmt::format(".{:03}Z", t % 1000));
  return text;
}

std::string edition_of(std::string_view name, const ShownLife& life) {
  return life.edition == 0 ? std::string(name) : fmt::format("{}#{}", name, life.edition + 1);
}

std::string stix_observable_id(std::string_view type, std::string_view property, std::string_view value) {
  return fmt::format("{}--{}", type, uuid5(kObservables, dump(Json{{std::string(property), std::string(value)}})));
}

std::string stix_id(std::string_view type, std::string_view about) {
  return fmt::format("{}--{}", type, uuid5(kOwn, fmt::format("{}/{}", type, about)));
}

std::string stix_pattern(std::string_view kind, std::string_view value) {
  const bool token = is_value_token(value);  // what is keyed is nothing that others have a word for
  if (token && kind.find('/') != std::string_view::npos) return "";
  if (!token && kind == "ip") {
    const bool v6 = value.find(':') != std::string_view::npos;
    return fmt::format("[{}:value = {}]", v6 ? "ipv6-addr" : "ipv4-addr", quoted(value));
  }
  if (kind == "ip/net") {
    const bool v6 = value.find(':') != std::string_view::npos;
    return fmt::format("[{}:value ISSUBSET {}]", v6 ? "ipv6-addr" : "ipv4-addr", quoted(value));
  }
  if (kind == "email/domain") return fmt::format("[domain-name:value = {}]", quoted(value));
  if (!token && kind == "email") return fmt::format("[email-addr:value = {}]", quoted(value));
  return is_plain(kind) ? fmt::format("[x-ringscope:{} = {}]", kind, quoted(value)) : "";
}

StixBundle::StixBundle(const ExportSink& sink, std::string_view about, Tlp tlp)
    : sink_(sink), marking_(tlp == Tlp::green ? kGreen : kAmber) {
  sink_(fmt::format("{{\"type\":\"bundle\",\"id\":\"{}\",\"objects\":[\n", stix_id("bundle", about)));
  put(marking_, dump({{"type", "marking-definition"},
                      {"spec_version", "2.1"},
                      {"id", marking_},
                      {"created", "2017-01-20T00:00:00.000Z"},
                      {"definition_type", "tlp"},
                      {"name", tlp == Tlp::green ? "TLP:GREEN" : "TLP:AMBER"},
                      {"definition", {{"tlp", tlp == Tlp::green ? "green" : "amber"}}}}));
  put(identity(), dump({{"type", "identity"},
                        {"spec_version", "2.1"},
                        {"id", identity()},
                        {"created", stix_time(0)},
                        {"modified", stix_time(0)},
                        {"name", "ringscope"},
                        {"identity_class", "system"}}));
}

void StixBundle::put(const std::string& id, const std::string& object_json) {
  if (!written_.insert(id).second) return;
  if (written_.size() > 1) sink_(",\n");
  sink_(object_json);
}

void StixBundle::add_observable(const std::string& id, const std::string& object_json) {
  Json object = Json::parse(object_json);
  object["spec_version"] = "2.1";
  object["id"] = id;
  object["object_marking_refs"] = Json::array({marking_});
  put(id, dump(object));
}

void StixBundle::add(const std::string& id, const std::string& object_json, Millis created, Millis modified) {
  Json object = Json::parse(object_json);
  object["spec_version"] = "2.1";
  object["id"] = id;
  object["created"] = stix_time_of(created);
  object["modified"] = stix_time_of(std::max(created, modified));
  object["created_by_ref"] = identity();
  object["object_marking_refs"] = Json::array({marking_});
  put(id, dump(object));
}

std::string StixBundle::add_relationship(const std::string& source, std::string_view type, const std::string& target,
                                         const ShownLife& life) {
  std::string id = stix_id("relationship", fmt::format("{} {} {}", source, type, target));
  add(id,
      dump({{"type", "relationship"},
            {"relationship_type", type},
            {"source_ref", source},
            {"target_ref", target},
            {"revoked", !life.live}}),
      life.created, life.live ? life.created : life.changed);  // while it is, nothing in it changes
  return id;
}

std::uint64_t StixBundle::finish() {
  sink_("\n]}\n");
  return written_.size();
}

}  // namespace ringscope
