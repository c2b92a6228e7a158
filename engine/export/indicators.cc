// What rings at ban share, for others: no account, no payment, no mail address, and nothing that strangers use as well.
// Nor what is stored keyed: nobody else could know it again.
// Needs a permission of its own (guards.sharing). What was there to share once and is not any more is revoked in STIX;
// lists of lines are what holds now.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "engine/ask/read_run.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/export/stix.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

constexpr std::array<std::string_view, 2> kShared = {"ip", "fingerprint"};
constexpr std::array<std::string_view, 2> kSharedTraits = {"ip/net", "email/domain"};
constexpr double kMostCrowd = 0.5;  // probability that strangers of the same kind use it

struct SharedIndicator {
  std::string kind, value;
  Seconds first = kNoTime;
};

// Of those who have it, at least half must be members.
bool is_own(std::uint64_t accounts, std::uint64_t population) { return 2 * accounts >= population; }

std::vector<SharedIndicator> indicators_of(const Ring& ring) {
  std::vector<SharedIndicator> found;
  for (const Evidence& one : ring.evidence) {
    const bool shared = std::ranges::find(kShared, one.kind) != kShared.end();
    if (shared && !is_value_token(one.value) && is_own(one.accounts, one.population) &&
        one.crowd_probability < kMostCrowd)
      found.push_back({one.kind, one.value, one.first});
  }
  for (const CommonTrait& one : ring.common) {
    const bool shared = std::ranges::find(kSharedTraits, one.kind) != kSharedTraits.end();
    if (shared && !is_value_token(one.value) && is_own(one.accounts, one.population))
      found.push_back({one.kind, one.value, ring.first_seen});
  }
  return found;
}

// Under which name others are told of it: the ring's id says nothing of who is in it.
std::string campaign_of(const Ring& ring) { return ring.campaign.empty() ? ring.id : ring.campaign; }

template <class Visit>
void visit_shared(const Store& store, const RunSummary& run, const ExportFilter& filter, const Visit& visit) {
  for (const Ring& ring : read_rings(store, run.run, RingParts::heads)) {
    if (ring.tier != Tier::ban || is_cleared(ring) || !filter.keeps(ring.tier)) continue;
    for (const SharedIndicator& one : indicators_of(ring)) visit(ring, one);
  }
}

ShownLives lives_of(const Store& store, const ExportFilter& filter) {
  ShownLives lives;
  visit_history(store, [&](const HistoryStep& step) {
    for (const RingSight& sight : step.rings) {
      std::vector<Shown> shown;
      if (sight.head != nullptr && sight.tier == Tier::ban && !sight.cleared && filter.keeps(Tier::ban)) {
        const std::string campaign = campaign_of(*sight.head);
        for (SharedIndicator& one : indicators_of(*sight.head)) {
          const Seconds first = one.first == kNoTime ? sight.head->first_seen : one.first;
          shown.push_back({{campaign, std::move(one.kind), std::move(one.value)}, first});
        }
        if (!shown.empty()) shown.push_back({{campaign}});
      }
      lives.look(sight.ring, std::move(shown));
    }
    lives.commit(step.at);
  });
  return lives;
}

std::string campaign_id(const std::string& campaign, const ShownLife& life) {
  return stix_id("campaign", edition_of(campaign, life));
}

void add_campaign(StixBundle& bundle, const std::string& campaign, const ShownLife& life) {
  bundle.add(campaign_id(campaign, life), dump({{"type", "campaign"}, {"name", campaign}, {"revoked", !life.live}}),
             life.created, life.live ? life.created : life.changed);
}

// `confidence`: of a ring that has it now; nothing: none does.
void add_indicator(StixBundle& bundle, const ShownKey& key, const ShownLife& life, const std::string& campaign,
                   std::optional<double> confidence) {
  const std::string pattern = stix_pattern(key.kind, key.value);
  if (pattern.empty()) return;
  const std::string id = stix_id("indicator", edition_of(fmt::format("{} {} {}", key.of, key.kind, key.value), life));
  Json object = {{"type", "indicator"},    {"indicator_types", {"anomalous-activity"}}, {"pattern", pattern},
                 {"pattern_type", "stix"}, {"valid_from", stix_time(life.first)},       {"revoked", !life.live}};
  if (confidence) object["confidence"] = static_cast<int>(std::lround(100 * *confidence));
  bundle.add(id, dump(object), life.created, life.changed);
  bundle.add_relationship(id, "indicates", campaign, life);
}

}  // namespace

std::uint64_t write_indicators_stix(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  const RunSummary run = latest_run(store);
  const ShownLives lives = lives_of(store, filter);
  StixBundle bundle(sink, "indicators", Tlp::green);
  visit_shared(store, run, filter, [&](const Ring& ring, const SharedIndicator& one) {
    const std::string campaign = campaign_of(ring);
    const ShownLife life = lives.latest({campaign});
    const ShownKey key{campaign, one.kind, one.value};
    add_campaign(bundle, campaign, life);
    add_indicator(bundle, key, lives.latest(key), campaign_id(campaign, life), ring.score);
  });
  lives.visit_ended([&](const ShownKey& key, const ShownLife& life) {
    if (key.kind.empty()) {
      add_campaign(bundle, key.of, life);
    } else {
      add_indicator(bundle, key, life, campaign_id(key.of, lives.whole_of(key, life)), std::nullopt);
    }
  });
  return bundle.finish();
}

std::uint64_t write_indicators_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  std::uint64_t rows = 0;
  visit_shared(store, latest_run(store), filter, [&](const Ring& ring, const SharedIndicator& one) {
    const std::string kind = one.kind == "ip/net" ? "cidr" : one.kind == "email/domain" ? "email_domain" : one.kind;
    sink(dump({{"campaign", campaign_of(ring)}, {"kind", kind}, {"value", one.value}}) + "\n");
    ++rows;
  });
  return rows;
}

}  // namespace ringscope
