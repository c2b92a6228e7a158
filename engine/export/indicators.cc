// What rings at ban share, for others: no account, no payment, no mail address, and nothing that strangers use as well.
// Needs a permission of its own (guards.sharing).
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/ask/read_run.h"
#include "engine/detect/json_parts.h"
#include "engine/export/stix.h"

namespace ringscope {
namespace {

constexpr std::array<std::string_view, 2> kShared = {"ip", "fingerprint"};
constexpr std::array<std::string_view, 2> kSharedTraits = {"ip/net", "email/domain"};
constexpr double kMostCrowd = 0.5;  // probability that strangers of the same kind use it

struct SharedIndicator {
  std::string kind, value;
  Seconds first = kNoTime;
};

void check_permission(const ExportFilter& filter) {
  if (filter.may_share) return;
  throw Error(ErrorCode::refused,
              "sharing with others is not allowed here; whoever may decide that sets guards.sharing = \"on\"",
              "--level indicators");
}

// Of those who have it, at least half must be members.
bool is_own(std::uint64_t accounts, std::uint64_t population) { return 2 * accounts >= population; }

std::vector<SharedIndicator> indicators_of(const Ring& ring) {
  std::vector<SharedIndicator> found;
  for (const Evidence& one : ring.evidence) {
    const bool shared = std::ranges::find(kShared, one.kind) != kShared.end();
    if (shared && is_own(one.accounts, one.population) && one.crowd_probability < kMostCrowd)
      found.push_back({one.kind, one.value, one.first});
  }
  for (const CommonTrait& one : ring.common) {
    const bool shared = std::ranges::find(kSharedTraits, one.kind) != kSharedTraits.end();
    if (shared && is_own(one.accounts, one.population)) found.push_back({one.kind, one.value, ring.first_seen});
  }
  return found;
}

// Under which name others are told of it: the ring's id says nothing of who is in it.
std::string campaign_of(const Ring& ring) { return ring.campaign.empty() ? ring.id : ring.campaign; }

template <class Visit>
void visit_shared(const Store& store, const RunSummary& run, const ExportFilter& filter, const Visit& visit) {
  for (const Ring& ring : read_rings(store, run.run, RingParts::heads)) {
    if (ring.tier != Tier::ban || !filter.keeps(ring.tier)) continue;
    for (const SharedIndicator& one : indicators_of(ring)) visit(ring, one);
  }
}

}  // namespace

std::uint64_t write_indicators_stix(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  check_permission(filter);
  const RunSummary run = latest_run(store);
  StixBundle bundle(sink, "indicators", Tlp::green);
  visit_shared(store, run, filter, [&](const Ring& ring, const SharedIndicator& one) {
    const std::string pattern = stix_pattern(one.kind, one.value);
    if (pattern.empty()) return;
    const std::string campaign = campaign_of(ring);
    const std::string of = stix_id("campaign", campaign);
    bundle.add(of, dump({{"type", "campaign"}, {"name", campaign}}), kNoTime, run.created);
    const std::string id = stix_id("indicator", fmt::format("{} {} {}", campaign, one.kind, one.value));
    bundle.add(id,
               dump({{"type", "indicator"},
                     {"indicator_types", {"anomalous-activity"}},
                     {"pattern", pattern},
                     {"pattern_type", "stix"},
                     {"valid_from", stix_time(one.first)},
                     {"confidence", static_cast<int>(std::lround(100 * ring.score))}}),
               kNoTime, run.created);
    bundle.add_relationship(id, "indicates", of, kNoTime, run.created);
  });
  return bundle.finish();
}

std::uint64_t write_indicators_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  check_permission(filter);
  std::uint64_t rows = 0;
  visit_shared(store, latest_run(store), filter, [&](const Ring& ring, const SharedIndicator& one) {
    const std::string kind = one.kind == "ip/net" ? "cidr" : one.kind == "email/domain" ? "email_domain" : one.kind;
    sink(dump({{"campaign", campaign_of(ring)}, {"kind", kind}, {"value", one.value}}) + "\n");
    ++rows;
  });
  return rows;
}

}  // namespace ringscope
