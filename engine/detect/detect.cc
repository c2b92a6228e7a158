#include "engine/detect/detect.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <span>
#include <tuple>

#include <fmt/format.h>
#include <sys/resource.h>

#include "base/error.h"
#include "engine/detect/attribute.h"
#include "engine/detect/coact.h"
#include "engine/detect/common_traits.h"
#include "engine/detect/dispatch.h"
#include "engine/detect/enrich.h"
#include "engine/detect/glue.h"
#include "engine/detect/judge.h"
#include "engine/detect/overrule.h"
#include "engine/detect/pairs.h"
#include "engine/detect/pools.h"
#include "engine/detect/publish.h"
#include "engine/detect/ring_json.h"
#include "engine/detect/score_index.h"
#include "engine/detect/succession/succession.h"
#include "engine/ledger/chronicle.h"
#include "engine/load/classify.h"
#include "engine/load/habits.h"
#include "engine/load/hub_list.h"

namespace ringscope {
namespace {

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

// A window beside all data is a slip of the hand: an empty run would hide the latest good one.
void check_window(const Store& store, const Snapshot& snapshot) {
  const std::optional<DayWindow> range = store.day_range();
  if (!snapshot.accounts.empty() || !range) return;
  throw Error(ErrorCode::usage,
              fmt::format("nothing was seen from {} to {}; the store holds {} to {}", format_day(snapshot.window.first),
                          format_day(snapshot.window.last), format_day(range->first), format_day(range->last)),
              "--as-of");
}

// Of accounts that no pair ties to anybody.
std::vector<AccountLinks> nearest_pairs(const Snapshot& snapshot, const Similarity& similarity) {
  std::vector<char> linked(snapshot.accounts.size(), 0);
  for (const auto* edges : {&similarity.core, &similarity.attach}) {
    for (const WeightedEdge& edge : *edges) linked[edge.u] = linked[edge.v] = 1;
  }
  std::vector<AccountLinks> nearest;
  for (std::size_t a = 0; a < similarity.near_misses.size(); ++a) {
    const NearMiss& miss = similarity.near_misses[a];
    if (linked[a] != 0 || miss.other == NearMiss::kNobody) continue;
    nearest.push_back({snapshot.accounts[a], {{snapshot.accounts[miss.other], miss.surprise}}});
  }
  return nearest;
}

std::vector<Coaction> coact_as(const Config& config, const Snapshot& snapshot) {
  const DetectConfig& options = config.detect;
  if (!options.tests.coaction) return {};
  return coact(snapshot, {.windows = options.coaction_windows,
                          .rule = {.kind = options.coaction_kind,
                                   .window = options.coaction_window,
                                   .least_things = options.coaction_things,
                                   .least_actions = options.coaction_actions},
                          .alpha = options.alpha,
                          .threads = config.threads});
}

RunGraph graph_for_questions(const Snapshot& snapshot, const Weights& weights, const Similarity& similarity) {
  RunGraph result;
  std::vector<std::tuple<Vertex, Vertex, float>> arcs;
  for (const auto* edges : {&similarity.core, &similarity.attach}) {
    for (const WeightedEdge& edge : *edges) {
      arcs.emplace_back(edge.u, edge.v, edge.weight);
      arcs.emplace_back(edge.v, edge.u, edge.weight);
    }
  }
  std::sort(arcs.begin(), arcs.end());
  for (const auto& [from, to, bits] : arcs) {
    const KeyHash account = snapshot.accounts[from];
    if (result.links.empty() || result.links.back().account != account) result.links.push_back({account, {}});
    result.links.back().links.push_back({snapshot.accounts[to], bits});
  }
  const BipartiteGraph graph = snapshot.graph();
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    if (graph.right_degree(r) < 2) continue;
    StoredEntity entity{.entity = snapshot.entities[r], .accounts = static_cast<std::uint32_t>(graph.right_degree(r))};
    entity.bits = static_cast<float>(weights.bits(r));
    entity.hub = static_cast<std::uint8_t>(weights.hubs[r]);
    if (weights.hubs[r] == HubCause::uncorroborated) entity.trust = weights.trust[r];
    result.entities.push_back(entity);
  }
  result.nearest = nearest_pairs(snapshot, similarity);
  return result;
}

// The last day that was looked at; kNoDay in a store without times.
Day last_day(const Store& store, const DayWindow& window) {
  const std::optional<DayWindow> range = store.day_range();
  return range ? std::min(range->last, window.last) : kNoDay;
}

// Of rings as their content names them, whatever they were called before, members, scores and tiers; floating point by
// its bits, so that equal digests mean equal results.
std::string digest_of(const std::vector<Ring>& rings) {
  std::string text;
  for (const Ring& ring : rings) {
    text += fmt::format("{} {} {:a}\n", ring.id, to_string(ring.tier), ring.score);
    for (const Member& member : ring.members) {
      text += fmt::format("{:016x} {:a} {:a} {}\n", member.account, member.membership, member.score,
                          to_string(member.tier));
    }
  }
  return fmt::format("{:016x}", hash_value(text));
}

std::uint64_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

RunTests tests_of(const Weights& weights, const ProjectOptions& projecting, const Similarity& similarity,
                  const ClusterOptions& clustering, const JudgeOptions& judging) {
  RunTests tests;
  tests.pair_cut = similarity.least_surprise;
  tests.hub_accounts = weights.hub_accounts;
  tests.least_trust = kLeastTrust;
  tests.vouch_core = projecting.vouch_core;
  tests.vouch_attach = projecting.vouch_attach;
  tests.resolution = clustering.resolution;
  tests.least_cohesion = clustering.least_cohesion;
  tests.min_ring = clustering.least_size;
  tests.review_score = judging.review_score;
  tests.ban_score = judging.ban_score;
  tests.ban_benign = judging.ban_benign;
  return tests;
}

RunSummary summarize(const Snapshot& snapshot, const Similarity& similarity, const std::vector<Ring>& rings,
                     const Config& config) {
  RunSummary summary;
  summary.digest = digest_of(rings);
  summary.rings = rings.size();
  for (const Ring& ring : rings) summary.accounts += ring.members.size();
  summary.population_accounts = snapshot.accounts.size();
  summary.population_entities = snapshot.entities.size();
  summary.edges = snapshot.graph().edge_count();
  summary.links = similarity.core.size() + similarity.attach.size();
  summary.window = snapshot.window;
  summary.config_hash = config_hash(config);
  summary.created =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  return summary;
}

// Without layers of weight 0.
HabitOptions habit_options_of(const Config& config, const OperatorLists& lists) {
  HabitOptions options{make_facets(config.facets, lists), signup_bucket(config.facets), config.threads};
  std::erase_if(options.facets, [&](const Facet& facet) { return weight_of(config.layers, facet.kind.name) == 0; });
  if (weight_of(config.layers, "signup") == 0) options.signup_bucket = 0;
  return options;
}

}  // namespace

Snapshot load_window(const Store& store, const Config& config) {
  check_layers(config.layers, store);
  Snapshot snapshot = load(store, {.window = window_of(store, config.detect),
                                   .weights = config.layers,
                                   .threads = config.threads,
                                   .memory_bytes = config.memory_bytes});
  check_window(store, snapshot);
  return snapshot;
}

Detection detect(Store& store, const Config& config, DetectProgress& progress) {
  const auto start = std::chrono::steady_clock::now();
  const auto enter = [&](const char* stage, int number) {
    progress.stage = stage;
    progress.stages_done = number;
  };
  const DetectConfig& options = config.detect;
  enter("load", 0);
  const OperatorLists lists(config.facets, options.asn_table);
  const Decisions decisions(read_verdicts(store));
  HubList listed = options.hub_list.empty() ? HubList{} : read_hub_list(options.hub_list);
  for (const auto& [kind, value] : decisions.honest_things()) listed.add(kind, value);
  Snapshot snapshot = load_window(store, config);
  snapshot.classes = classify(store, snapshot, lists);
  enter("weigh", 1);
  const PairStage stage(config, snapshot, listed);
  const PairStage::Weighed weighed = stage.weigh(snapshot.graph());
  const Weights& weights = weighed.weights;
  enter("project", 2);
  const std::vector<Coaction> coactions = coact_as(config, snapshot);
  Similarity similarity = stage.project(snapshot.graph(), weighed);
  if (options.tests.enrichment)
    similarity = with_enriched(snapshot.graph(), weights, std::move(similarity), options.alpha);
  similarity = with_coactions(std::move(similarity), coactions, snapshot.graph().left_count());
  enter("cluster", 3);
  const ClusterOptions clustering{.resolution = options.resolution,
                                  .least_size = options.min_ring,
                                  .seed = options.seed,
                                  .threads = config.threads};
  std::vector<Group> groups = cluster(snapshot.graph(), similarity, clustering);
  const HabitOptions habit_options = habit_options_of(config, lists);
  const Habits habits = load_habits(store, snapshot, habit_options);
  if (options.tests.glue) groups = unglue(snapshot, habits, std::move(groups), config.threads);
  if (options.tests.pools)
    groups = with_pools(snapshot, habits, std::move(groups), {.seed = options.seed, .threads = config.threads});
  if (options.tests.dispatch) groups = with_dispatched(store, snapshot, std::move(groups), {.threads = config.threads});
  enter("judge", 4);
  Detection detection;
  const UsageBaseline baseline = read_usage_baseline(store, snapshot.window, snapshot.unread(), config.threads);
  const JudgeOptions judging{.evidence_per_ring = options.evidence_per_ring,
                             .baseline = &baseline,
                             .habits = &habits,
                             .decisions = &decisions,
                             .threads = config.threads};
  detection.rings = judge_groups(store, snapshot, weights, groups, judging);
  explain_likeness(store, snapshot, habits, habit_options, detection.rings);
  explain_coactions(snapshot, coactions, detection.rings);
  attribute_rings(store, snapshot, {.systems = &lists.systems(), .threads = config.threads}, detection.rings);
  overrule(store, decisions, 0, detection.rings);
  enter("publish", 5);
  detection.summary = summarize(snapshot, similarity, detection.rings, config);
  detection.summary.baseline = baseline;
  detection.summary.tests = tests_of(weights, stage.projecting(), similarity, clustering, judging);
  detection.summary.model = pair_model(snapshot, weights, similarity);
  detection.summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  detection.summary.peak_bytes = peak_bytes();
  const LedgerEntries entries = reconcile_rings(store, last_day(store, snapshot.window), detection.rings);
  trace_successions(store, snapshot, habits, habit_options, {.decisions = &decisions, .threads = config.threads},
                    detection.rings);
  RunGraph graph = graph_for_questions(snapshot, weights, similarity);
  graph.index = index_for_scoring(snapshot, habits, config.facets, detection.rings);
  publish(store, detection.rings, detection.summary, graph, entries);
  enter("done", 6);
  return detection;
}

}  // namespace ringscope
