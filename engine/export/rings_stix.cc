// Rings as a STIX 2.1 bundle: a grouping of accounts, addresses and indicators, and the infrastructure that it consists
// of. A ring that people cleared, or that is gone, is revoked.
#include <cmath>
#include <map>

#include "engine/ask/read_run.h"
#include "engine/detect/json_parts.h"
#include "engine/export/stix.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/chronicle.h"

namespace ringscope {
namespace {

int percent_of(double probability) { return static_cast<int>(std::lround(100 * std::clamp(probability, 0.0, 1.0))); }

class Writer {
 public:
  Writer(const Store& store, const ExportFilter& filter, const ExportSink& sink)
      : store_(store), filter_(filter), run_(latest_run(store)), bundle_(sink, "rings", Tlp::amber) {}

  std::uint64_t write() {
    visit_rings(store_, run_.run, [&](const Ring& ring) {
      found_.insert(ring.id);
      if (filter_.keeps(ring.tier)) add_ring(ring);
    });
    for (const Standing& standing : read_standings(store_)) {
      if (!standing.live && !found_.contains(standing.ring) && filter_.keeps(standing.tier)) add_gone(standing);
    }
    return bundle_.finish();
  }

 private:
  std::string add_account(const std::string& name) {
    std::string id = stix_observable_id("user-account", "user_id", name);
    bundle_.add_observable(id, dump({{"type", "user-account"}, {"user_id", name}}));
    return id;
  }

  void add_indicator(const Ring& ring, const Evidence& one, const std::string& infrastructure, Json& refs) {
    if (one.kind == "ip") {
      const char* const type = one.value.find(':') != std::string::npos ? "ipv6-addr" : "ipv4-addr";
      const std::string address = stix_observable_id(type, "value", one.value);
      bundle_.add_observable(address, dump({{"type", type}, {"value", one.value}}));
      refs.push_back(address);
      refs.push_back(bundle_.add_relationship(infrastructure, "consists-of", address, ring.first_seen, run_.created));
    }
    const std::string pattern = stix_pattern(one.kind, one.value);
    if (pattern.empty()) return;
    const std::string id = stix_id("indicator", fmt::format("{} {} {}", ring.id, one.kind, one.value));
    bundle_.add(id,
                dump({{"type", "indicator"},
                      {"name", fmt::format("{} shared by {} accounts of {}", one.kind, one.accounts, ring.id)},
                      {"indicator_types", {"anomalous-activity"}},
                      {"pattern", pattern},
                      {"pattern_type", "stix"},
                      {"valid_from", stix_time(one.first == kNoTime ? ring.first_seen : one.first)},
                      {"confidence", percent_of(ring.score)},
                      {"revoked", is_revoked(ring)}}),
                ring.first_seen, run_.created);
    refs.push_back(id);
    refs.push_back(bundle_.add_relationship(id, "indicates", infrastructure, ring.first_seen, run_.created));
  }

  static bool is_revoked(const Ring& ring) {
    return ring.verdict && (ring.verdict->word == VerdictWord::reject || ring.verdict->word == VerdictWord::benign);
  }

  void add_ring(const Ring& ring) {
    Json refs = Json::array();
    const std::string infrastructure = stix_id("infrastructure", ring.id);
    bundle_.add(
        infrastructure,
        dump({{"type", "infrastructure"}, {"name", "what " + ring.id + " shares"}, {"revoked", is_revoked(ring)}}),
        ring.first_seen, run_.created);
    refs.push_back(infrastructure);
    for (const Member& member : ring.members) refs.push_back(add_account(member.name));
    for (const Evidence& one : ring.evidence) add_indicator(ring, one, infrastructure, refs);
    Json object = {{"type", "grouping"},
                   {"name", ring.id},
                   {"description", ring.summary},
                   {"context", "suspicious-activity"},
                   {"labels", {fmt::format("tier-{}", to_string(ring.tier)), fmt::format("version-{}", ring.version)}},
                   {"confidence", percent_of(ring.score)},
                   {"revoked", is_revoked(ring)},
                   {"object_refs", std::move(refs)}};
    bundle_.add(stix_id("grouping", ring.id), dump(object), ring.first_seen, run_.created);
  }

  void add_gone(const Standing& standing) {
    Json refs = Json::array();
    for (const std::string& name : account_names(store_, standing.members)) refs.push_back(add_account(name));
    bundle_.add(stix_id("grouping", standing.ring),
                dump({{"type", "grouping"},
                      {"name", standing.ring},
                      {"description", fmt::format("Gone since run {}.", standing.run)},
                      {"context", "suspicious-activity"},
                      {"labels", {fmt::format("version-{}", standing.version)}},
                      {"revoked", true},
                      {"object_refs", std::move(refs)}}),
                kNoTime, run_.created);
  }

  const Store& store_;
  const ExportFilter& filter_;
  RunSummary run_;
  StixBundle bundle_;
  std::set<std::string> found_;
};

}  // namespace

std::uint64_t write_rings_stix(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  return Writer(store, filter, sink).write();
}

}  // namespace ringscope
