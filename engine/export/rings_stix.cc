// Rings as a STIX 2.1 bundle: a grouping of accounts, addresses and indicators, and the infrastructure that it consists
// of. What an earlier bundle of the same tiers had and this one has not is in it as well, revoked: readers keep what
// they are not told to drop. An id that was revoked is revoked for good, so what comes back has another.
#include <algorithm>
#include <cmath>

#include "engine/ask/read_run.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/export/stix.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

int percent_of(double probability) { return static_cast<int>(std::lround(100 * std::clamp(probability, 0.0, 1.0))); }

ShownLives lives_of(const Store& store, const ExportFilter& filter) {
  ShownLives lives;
  visit_history(store, [&](const HistoryStep& step) {
    for (const RingSight& sight : step.rings) {
      std::vector<Shown> shown;
      if (sight.tier && !sight.cleared && filter.keeps(*sight.tier)) {
        shown.push_back({{sight.ring}});
        if (sight.head != nullptr)
          for (const Evidence& one : sight.head->evidence)
            shown.push_back(
                {{sight.ring, one.kind, one.value}, one.first == kNoTime ? sight.head->first_seen : one.first});
      }
      lives.look(sight.ring, std::move(shown));
    }
    lives.commit(step.at);
  });
  return lives;
}

class Writer {
 public:
  Writer(const Store& store, const ExportFilter& filter, const ExportSink& sink)
      : store_(store),
        filter_(filter),
        run_(latest_run(store)),
        lives_(lives_of(store, filter)),
        bundle_(sink, "rings", Tlp::amber) {}

  std::uint64_t write() {
    visit_rings(store_, run_.run, [&](const Ring& ring) {
      if (filter_.keeps(ring.tier) && !is_cleared(ring)) add_ring(ring);
    });
    lives_.visit_ended([&](const ShownKey& key, const ShownLife& life) { add_ended(key, life); });
    return bundle_.finish();
  }

 private:
  static std::string infrastructure_of(const std::string& ring, const ShownLife& life) {
    return stix_id("infrastructure", edition_of(ring, life));
  }

  std::string add_account(const std::string& name) {
    std::string id = stix_observable_id("user-account", "user_id", name);
    bundle_.add_observable(id, dump({{"type", "user-account"}, {"user_id", name}}));
    return id;
  }

  void add_infrastructure(const std::string& ring, const ShownLife& life) {
    bundle_.add(infrastructure_of(ring, life),
                dump({{"type", "infrastructure"}, {"name", "what " + ring + " shares"}, {"revoked", !life.live}}),
                life.created, life.live ? life.created : life.changed);
  }

  // The thing, and what ties it to the infrastructure; ids of all that the ring's grouping refers to. `about` has what
  // is said of it.
  void add_thing(const ShownKey& key, const ShownLife& life, const std::string& infrastructure, Json about,
                 Json& refs) {
    if (key.kind == "ip" && !is_value_token(key.value)) {
      const char* const type = key.value.find(':') != std::string::npos ? "ipv6-addr" : "ipv4-addr";
      const std::string address = stix_observable_id(type, "value", key.value);
      bundle_.add_observable(address, dump({{"type", type}, {"value", key.value}}));
      refs.push_back(address);
      refs.push_back(bundle_.add_relationship(infrastructure, "consists-of", address, life));
    }
    const std::string pattern = stix_pattern(key.kind, key.value);
    if (pattern.empty()) return;
    const std::string id = stix_id("indicator", edition_of(fmt::format("{} {} {}", key.of, key.kind, key.value), life));
    about["type"] = "indicator";
    about["indicator_types"] = {"anomalous-activity"};
    about["pattern"] = pattern;
    about["pattern_type"] = "stix";
    about["valid_from"] = stix_time(life.first);
    about["revoked"] = !life.live;
    bundle_.add(id, dump(about), life.created, life.changed);
    refs.push_back(id);
    refs.push_back(bundle_.add_relationship(id, "indicates", infrastructure, life));
  }

  void add_ring(const Ring& ring) {
    const ShownLife life = lives_.latest({ring.id});
    add_infrastructure(ring.id, life);
    const std::string infrastructure = infrastructure_of(ring.id, life);
    Json refs = Json::array({infrastructure});
    for (const Member& member : ring.members) {
      if (!is_cleared(member)) refs.push_back(add_account(member.name));
    }
    for (const Evidence& one : ring.evidence) {
      const ShownKey key{ring.id, one.kind, one.value};
      add_thing(key, lives_.latest(key), infrastructure,
                {{"name", fmt::format("{} shared by {} accounts of {}", one.kind, one.accounts, ring.id)},
                 {"confidence", percent_of(ring.score)}},
                refs);
    }
    const Json object = {
        {"type", "grouping"},
        {"name", ring.id},
        {"description", ring.summary},
        {"context", "suspicious-activity"},
        {"labels", {fmt::format("tier-{}", to_string(ring.tier)), fmt::format("version-{}", ring.version)}},
        {"confidence", percent_of(ring.score)},
        {"revoked", false},
        {"object_refs", std::move(refs)}};
    bundle_.add(stix_id("grouping", edition_of(ring.id, life)), dump(object), life.created, life.changed);
  }

  void add_ended(const ShownKey& key, const ShownLife& life) {
    if (!key.kind.empty()) {
      Json refs;
      add_thing(key, life, infrastructure_of(key.of, lives_.whole_of(key, life)),
                {{"name", fmt::format("{} of {}", key.kind, key.of)}}, refs);
      return;
    }
    add_infrastructure(key.of, life);
    const Json object = {{"type", "grouping"},
                         {"name", key.of},
                         {"description", "Taken back, or in these tiers no more."},
                         {"context", "suspicious-activity"},
                         {"revoked", true},
                         {"object_refs", {infrastructure_of(key.of, life)}}};
    bundle_.add(stix_id("grouping", edition_of(key.of, life)), dump(object), life.created, life.changed);
  }

  const Store& store_;
  const ExportFilter& filter_;
  RunSummary run_;
  ShownLives lives_;
  StixBundle bundle_;
};

}  // namespace

std::uint64_t write_rings_stix(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  return Writer(store, filter, sink).write();
}

}  // namespace ringscope
