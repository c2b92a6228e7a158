#include "engine/detect/detect.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <optional>
#include <span>
#include <tuple>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/attribute/attribute.h"
#include "engine/detect/cluster/arrivals.h"
#include "engine/detect/cluster/clearing.h"
#include "engine/detect/cluster/coact.h"
#include "engine/detect/cluster/dispatch.h"
#include "engine/detect/cluster/glue.h"
#include "engine/detect/cluster/pools.h"
#include "engine/detect/explore.h"
#include "engine/detect/incremental/drift.h"
#include "engine/detect/incremental/image.h"
#include "engine/detect/incremental/incremental.h"
#include "engine/detect/index/cut_tree.h"
#include "engine/detect/index/held_things.h"
#include "engine/detect/index/keep_shapes.h"
#include "engine/detect/index/taught_index.h"
#include "engine/detect/judge/ban_odds.h"
#include "engine/detect/judge/judge.h"
#include "engine/detect/judge/seeding.h"
#include "engine/detect/judge/stated.h"
#include "engine/detect/project/cost.h"
#include "engine/detect/project/enrich.h"
#include "engine/detect/project/helpers.h"
#include "engine/detect/project/pairs.h"
#include "engine/detect/publish.h"
#include "engine/detect/ring/overrule.h"
#include "engine/detect/stages.h"
#include "engine/load/classify.h"
#include "engine/profile.h"

namespace ringscope {
namespace {

// A window beside all data is a slip of the hand: an empty run would hide the latest good one.
void check_window(const Store& store, const Snapshot& snapshot) {
  const std::optional<DayWindow> range = store.day_range();
  if (!snapshot.accounts.empty() || !range) return;
  throw Error(ErrorCode::usage,
              fmt::format("nothing was seen from {} to {}; the store holds {} to {}", format_day(snapshot.window.first),
                          format_day(snapshot.window.last), format_day(range->first), format_day(range->last)),
              "--as-of");
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

RunTests tests_of(const Weights& weights, const ProjectOptions& projecting, const Similarity& similarity,
                  const ClusterOptions& clustering) {
  const JudgeOptions judging;
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

Snapshot load_as(const Store& store, const Config& config, MemoryNeed need) {
  check_layers(config.layers, store);
  Snapshot snapshot = load(store, {.window = window_of(store, config.detect),
                                   .weights = config.layers,
                                   .threads = config.threads,
                                   .memory_bytes = config.memory_bytes,
                                   .need = std::move(need)});
  check_window(store, snapshot);
  return snapshot;
}

}  // namespace

Snapshot load_window(const Store& store, const Config& config) { return load_as(store, config, {}); }

Snapshot load_for_detection(const Store& store, const Config& config) {
  return load_as(store, config,
                 {"detection of this window", [](std::size_t edges) { return detection_bytes({.edges = edges}); }});
}

namespace {

// The stages up to the groups, and what they leave for those after them.
struct Found {
  Snapshot snapshot;
  std::optional<PairStage::Weighed> weighed;
  std::optional<PairLinks> links;      // what sharing explains, where anything was added or changed …
  std::vector<WeightedEdge> enriched;  // … and what was added to it
  std::vector<Coaction> coactions;
  Clearing clearing;
  std::optional<Weights> lowered;  // by the clearing; nothing: nobody was cleared
  Similarity similarity;           // all of it, as what was said left it …
  LinkChanges changes;             // … and what that changed
  Habits habits;
  std::vector<Group> clustered;  // as clustering left them
  std::vector<Group> groups;
  std::vector<std::vector<Seed>> seeds;  // by group
  ProjectOptions projecting;

  // What evidence is worth.
  const Weights& weights() const { return lowered ? *lowered : weighed->weights; }
};

// The links as what people said leaves them.
void heed_verdicts(const Setup& setup, Similarity similarity, Found& found) {
  const BipartiteGraph graph = found.snapshot.graph();
  const Weights& weights = found.weighed->weights;
  PairCuts cuts;
  if (!found.clearing.empty()) {
    found.lowered = lowered(graph, weights, found.clearing);
    cuts = cuts_frozen(graph, weights,
                       freeze_null(weights, similarity, found.projecting.vouch_core, found.projecting.vouch_attach),
                       freeze_entities(graph, weights, similarity));
  }
  Heeded heeded = heed_clearing(
      {graph, found.weights(), cuts, found.clearing, found.enriched, found.coactions, setup.config.threads},
      std::move(similarity));
  found.similarity = std::move(heeded.similarity);
  found.changes = std::move(heeded.changes);
}

void find_links(const Setup& setup, const DetectHelper& helper, Found& found) {
  const PairStage pairs(setup.config, found.snapshot, setup.listed, helper);
  const BipartiteGraph graph = found.snapshot.graph();
  {
    const Stage stage("weigh");
    found.weighed = pairs.weigh(graph);
    found.projecting = pairs.projecting();
  }
  {
    const Stage stage("coact");
    found.coactions = coact_as(setup.config, found.snapshot);
  }
  Similarity similarity;
  {
    const Stage stage("project");
    similarity = pairs.project(graph, *found.weighed);
  }
  const Stage stage("enrich");
  if (setup.config.detect.tests.enrichment)
    found.enriched = enriched_pairs(graph, found.weighed->weights, similarity, setup.config.detect.alpha);
  found.clearing = clearing_of(found.snapshot, setup.decisions, setup.config.verdicts);
  if (!found.enriched.empty() || !found.coactions.empty() || !found.clearing.empty())
    found.links = {similarity.core, similarity.attach, similarity.near_misses};
  heed_verdicts(setup, std::move(similarity), found);
}

void find_groups(const Store& store, const Setup& setup, const DetectHelper& helper, Found& found) {
  const Config& config = setup.config;
  const DetectTests& tests = config.detect.tests;
  {
    const Stage stage("cluster");
    found.clustered = helper.cluster(found.snapshot.graph(), found.similarity, setup.clustering);
  }
  {
    const Stage stage("habits");
    found.habits = load_habits(store, found.snapshot, setup.habits);
  }
  std::vector<Group> groups = found.clustered;
  if (tests.glue) {
    const Stage stage("glue");
    groups = unglue(found.snapshot, found.habits, std::move(groups), config.threads);
  }
  if (tests.pools) {
    const Stage stage("pools");
    groups = with_pools(found.snapshot, found.habits, std::move(groups),
                        {.seed = config.detect.seed,
                         .threads = config.threads,
                         .banned = banned_accounts(store, found.snapshot, setup.decisions)});
  }
  if (tests.dispatch) {
    const Stage stage("dispatch");
    groups = with_dispatched(store, found.snapshot, std::move(groups), {.threads = config.threads});
  }
  if (tests.arrivals) {
    const Stage stage("arrivals");
    groups = with_arrivals(store, found.snapshot, found.habits, found.weights(), std::move(groups),
                           {.alpha = config.detect.alpha, .threads = config.threads});
  }
  found.groups = std::move(groups);
  const Stage stage("seed");
  found.seeds = seed_groups(found.snapshot, found.habits, found.weights(), setup.decisions,
                            members_by_group(found.groups), {.odds = config.verdicts.seed_odds});
}

// By group, what its content names its ring.
std::vector<std::string> names_by_group(const std::vector<Ring>& rings, const std::vector<std::size_t>& origins) {
  std::vector<std::string> names(rings.size());
  for (std::size_t r = 0; r < rings.size(); ++r) names[origins[r]] = rings[r].id;
  return names;
}

// What is left of a judged run for those that start from it.
struct Judged {
  std::vector<ImageGroup> groups;
  Population population;
};

// What incremental runs start from. `rings` as they are published, `numbers` theirs in the index.
Image image_of(const Store& store, const Setup& setup, Found found, Judged judged, const std::vector<Ring>& rings,
               const std::vector<std::uint32_t>& numbers, const RunSummary& summary) {
  Image image;
  image.config_hash = lasting_hash(setup.config);
  image.lists_hash = lists_hash(store, setup.config);
  image.last_day = last_known_day(store);
  image.verdicts = setup.decisions.verdicts().size();
  image.null =
      freeze_null(found.weighed->weights, found.similarity, found.projecting.vouch_core, found.projecting.vouch_attach);
  image.entities = freeze_entities(found.snapshot.graph(), found.weighed->weights, found.similarity);
  image.links = found.links ? std::move(*found.links)
                            : PairLinks{std::move(found.similarity.core), std::move(found.similarity.attach),
                                        std::move(found.similarity.near_misses)};
  image.enriched = std::move(found.enriched);
  image.coactions = std::move(found.coactions);
  image.changes = std::move(found.changes);
  image.groups = std::move(judged.groups);
  add_rings(image, found.snapshot, setup.decisions, rings, numbers);
  if (!found.weighed->weights.with_consequences.empty()) image.consequences = find_consequences(found.snapshot.graph());
  for (Group& group : found.clustered) image.clustered.push_back(std::move(group.members));
  image.population = std::move(judged.population);
  image.summary = summary;
  image.snapshot = std::move(found.snapshot);
  image.habits = std::move(found.habits);
  return image;
}

// What is to be looked at. Throws Error memory, usage, config.
void load_found(const Store& store, const Setup& setup, Found& found) {
  const Stage stage("load");
  found.snapshot = load_for_detection(store, setup.config);
  found.snapshot.classes = classify(store, found.snapshot, setup.lists);
}

// The groups, which are given up, as rings in detection.rings, with campaigns and what people decided; sets the
// summary's baseline. Profiles of all members are large, and end here.
Judged judge_found(const Store& store, const Setup& setup, Found& found, Detection& detection) {
  const Snapshot& snapshot = found.snapshot;
  UsageBaseline& baseline = detection.summary.baseline;
  std::vector<Ring>& rings = detection.rings;
  const unsigned threads = setup.config.threads;
  Profiles profiles;
  {
    const Stage stage("profiles");
    baseline = read_usage_baseline(store, snapshot.window, snapshot.unread(), threads);
    profiles = read_profiles(store, snapshot, members_of(found.groups), threads, baseline.new_models);
  }
  profiles.population.signup_span = signup_span(found.habits, setup.habits.signup_bucket);
  profiles.population.banned = usual_bans(found.groups, profiles);
  mark_confirmed(snapshot, setup.decisions, profiles);
  std::vector<std::size_t> origins;
  rings = rings_of(store, setup,
                   {snapshot, found.weights(), found.habits, found.groups, found.coactions, profiles, baseline,
                    found.clearing, found.seeds},
                   &origins);
  Judged judged{image_groups(std::move(found.groups), std::move(found.seeds), found.clustered, profiles,
                             names_by_group(rings, origins)),
                std::move(profiles.population)};
  profiles = {};
  {
    const Stage stage("attribute");
    attribute_rings(store, snapshot, {.systems = &setup.lists.systems(), .threads = threads}, rings);
  }
  overrule(store, setup.decisions, 0, rings);
  return judged;
}

void summarize(const Setup& setup, const Found& found, const std::string& reason, Detection& detection) {
  RunSummary& summary = detection.summary;
  const Weights& weights = found.weights();
  sum_up(detection.rings, summary);
  sum_up(found.snapshot, found.similarity, setup.config, summary);
  summary.renewal.reason = reason;
  summary.tests = tests_of(weights, found.projecting, found.similarity, setup.clustering);
  summary.model = pair_model(found.snapshot, weights, found.similarity);
}

void enter(DetectProgress& progress, const char* stage, int number) {
  progress.stage = stage;
  progress.stages_done = number;
}

// All stages but the last.
Judged find_rings(const Store& store, const Setup& setup, const DetectHelper& helper, const std::string& reason,
                  Found& found, Detection& detection, DetectProgress& progress) {
  enter(progress, "load", 0);
  load_found(store, setup, found);
  enter(progress, "weigh", 1);
  find_links(setup, helper, found);
  enter(progress, "cluster", 3);
  find_groups(store, setup, helper, found);
  enter(progress, "judge", 4);
  Judged judged = judge_found(store, setup, found, detection);
  summarize(setup, found, reason, detection);
  return judged;
}

Detection detect_fully(Store& store, const Setup& setup, DetectMode mode, const std::string& reason,
                       DetectProgress& progress, const DetectHelper& helper) {
  const auto start = std::chrono::steady_clock::now();
  Found found;
  Detection detection;
  Judged judged = find_rings(store, setup, helper, reason, found, detection, progress);
  enter(progress, "publish", 5);
  RunSummary& summary = detection.summary;
  const LedgerEntries entries = conclude(store, setup, found.snapshot, found.habits, detection.rings);
  RunGraph asked;
  ScoreIndex index;
  {
    const Stage stage("index");
    asked = graph_for_questions(found.snapshot, found.weights(), found.similarity);
    index = index_for_scoring(found.snapshot, found.habits, setup.config.facets, detection.rings);
    asked.index = std::move(index.entries);
    std::ranges::move(index_of_verdicts({found.snapshot, found.habits, found.weights(), found.clearing, setup.decisions,
                                         setup.config.verdicts},
                                        detection.rings, asked.index),
                      std::back_inserter(asked.index));
    add_held(found.snapshot, detection.rings, {}, asked.index);
    add_shapes({found.snapshot, found.weights(), found.similarity, setup.config.threads}, detection.rings, asked.index);
  }
  {
    const Stage stage("cuts");
    add_cuts(found.snapshot.accounts, found.similarity, asked.index);
  }
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const Stage stage("publish");
  const bool keep = mode != DetectMode::once;
  publish(store, detection.rings, summary, asked, entries, [&](RunWriter& writer) {
    write_links(writer, found.snapshot, found.similarity);
    if (!keep) return;
    const Image image =
        image_of(store, setup, std::move(found), std::move(judged), detection.rings, index.numbers, summary);
    write_image(image, [&](std::string_view part) { writer.add_image(part); });
  });
  catch_up(store, setup);
  if (!keep) store.drop_image();
  enter(progress, "done", 6);
  return detection;
}

}  // namespace

Detection detect(Store& store, const Config& config, DetectProgress& progress, DetectMode mode) {
  const Stage stage("detect");
  const Setup setup(store, config);
  std::string reason = mode == DetectMode::full ? "asked for" : "";
  if (mode == DetectMode::automatic) {
    if (auto detection = detect_incrementally(store, setup, progress, reason)) return std::move(*detection);
  }
  return detect_fully(store, setup, mode, reason, progress, no_helper());
}

Detection detect_with(Store& store, const Config& config, DetectProgress& progress, const DetectHelper& helper) {
  const Stage stage("detect");
  const Setup setup(store, config);
  return detect_fully(store, setup, DetectMode::once, "", progress, helper);
}

Exploration explore(const Store& store, const Config& config, DetectProgress& progress) {
  const auto start = std::chrono::steady_clock::now();
  const Setup setup(store, config);
  Found found;
  Detection detection;
  (void)find_rings(store, setup, no_helper(), "", found, detection, progress);
  (void)conclude(store, setup, found.snapshot, found.habits, detection.rings);
  detection.summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  enter(progress, "done", DetectProgress::kStages);
  return {std::move(detection), std::move(found.snapshot),
          std::move(found.lowered ? *found.lowered : found.weighed->weights), std::move(found.similarity)};
}

}  // namespace ringscope
