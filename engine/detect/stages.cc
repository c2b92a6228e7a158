#include "engine/detect/stages.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/judge/common_traits.h"
#include "engine/profile.h"

namespace ringscope {
namespace {

// Without layers of weight 0.
HabitOptions habit_options_of(const Store& store, const Config& config, const OperatorLists& lists) {
  HabitOptions options{make_facets(config.facets, lists, &store), signup_bucket(config.facets), config.threads};
  std::erase_if(options.facets, [&](const Facet& facet) { return weight_of(config.layers, facet.kind.name) == 0; });
  if (weight_of(config.layers, "signup") == 0) options.signup_bucket = 0;
  return options;
}

HubList hubs_listed(const Store& store, const Config& config, const Decisions& decisions) {
  HubList listed = config.detect.hub_list.empty() ? HubList{} : read_hub_list(config.detect.hub_list, &store);
  for (const auto& [kind, value] : decisions.honest_things()) listed.add(kind, value);
  return listed;
}

}  // namespace

Setup::Setup(const Store& store, const Config& from)
    : config(from),
      decisions(read_verdicts(store)),
      lists(from.facets, from.detect.asn_table),
      listed(hubs_listed(store, from, decisions)),
      habits(habit_options_of(store, from, lists)),
      clustering{.resolution = from.detect.resolution,
                 .least_size = from.detect.min_ring,
                 .seed = from.detect.seed,
                 .threads = from.threads} {}

DayWindow window_of(const Store& store, const DetectConfig& config) {
  const std::optional<DayWindow> range = store.day_range();
  DayWindow window;
  if (!config.as_of.empty()) {
    const std::optional<Seconds> time = parse_time(config.as_of);
    if (!time)
      throw Error(ErrorCode::usage, "'" + config.as_of + "' is not a date or time; write 2026-01-31", "--as-of");
    window.last = day_of(*time);
  } else if (range) {
    window.last = range->last;
  }
  if (config.window_days > 0 && (range || !config.as_of.empty())) window.first = window.last - config.window_days + 1;
  return window;
}

std::vector<Ring> rings_of(const Store& store, const Setup& setup, const Grouped& grouped,
                           std::vector<std::size_t>* origins) {
  const Config& config = setup.config;
  const JudgeOptions judging{.evidence_per_ring = config.detect.evidence_per_ring,
                             .baseline = &grouped.baseline,
                             .habits = &grouped.habits,
                             .clearing = &grouped.clearing,
                             .seeds = &grouped.seeds,
                             .threads = config.threads};
  std::vector<Ring> rings;
  {
    const Stage stage("rings");
    rings = judge_groups(store, grouped.snapshot, grouped.weights, grouped.groups, grouped.profiles, judging, origins);
  }
  {
    const Stage stage("explain");
    explain_likeness(store, grouped.snapshot, grouped.habits, setup.habits, rings);
    explain_coactions(grouped.snapshot, grouped.coactions, rings);
  }
  return rings;
}

// Of rings as their content names them, whatever they were called before, members, scores and tiers; floating point by
// its bits, so that equal digests mean equal results.
void sum_up(const std::vector<Ring>& rings, RunSummary& summary) {
  fmt::memory_buffer text;
  const auto end = fmt::appender(text);
  summary.rings = rings.size();
  summary.accounts = 0;
  for (const Ring& ring : rings) {
    fmt::format_to(end, "{} {} {:a}\n", ring.id, to_string(ring.tier), ring.score);
    for (const Member& member : ring.members) {
      fmt::format_to(end, "{:016x} {:a} {:a} {}\n", member.account, member.membership, member.score,
                     to_string(member.tier));
    }
    summary.accounts += ring.members.size();
  }
  summary.digest = fmt::format("{:016x}", hash_value({text.data(), text.size()}));
}

void sum_up(const Snapshot& snapshot, const Similarity& similarity, const Config& config, RunSummary& summary) {
  summary.population_accounts = snapshot.accounts.size();
  summary.population_entities = snapshot.entities.size();
  summary.edges = snapshot.graph().edge_count();
  summary.links = similarity.core.size() + similarity.attach.size();
  summary.window = snapshot.window;
  summary.config_hash = config_hash(config);
  summary.created =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  summary.peak_bytes = peak_bytes();
}

StoredEntity stored_entity(const Snapshot& snapshot, const Weights& weights, Vertex entity) {
  StoredEntity stored{.entity = snapshot.entities[entity],
                      .accounts = static_cast<std::uint32_t>(snapshot.graph().right_degree(entity))};
  stored.bits = static_cast<float>(weights.bits(entity));
  stored.hub = static_cast<std::uint8_t>(weights.hubs[entity]);
  if (weights.hubs[entity] == HubCause::uncorroborated) stored.trust = weights.trust[entity];
  if (!weights.cleared.empty()) stored.cleared = weights.cleared[entity];
  return stored;
}

}  // namespace ringscope
