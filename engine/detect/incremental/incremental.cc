#include "engine/detect/incremental/incremental.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "engine/detect/incremental/drift.h"
#include "engine/detect/incremental/kept.h"
#include "engine/detect/incremental/links_now.h"
#include "engine/detect/incremental/overlay.h"
#include "engine/detect/incremental/rejudge.h"
#include "engine/detect/project/pairs.h"
#include "engine/detect/ring/overrule.h"
#include "engine/load/classify.h"
#include "engine/profile.h"

namespace ringscope {
namespace {

std::vector<char> listed_before(const Image& image) {
  std::vector<char> listed(image.entities.hubs.size(), 0);
  for (std::size_t r = 0; r < listed.size(); ++r) listed[r] = image.entities.hubs[r] == HubCause::listed ? 1 : 0;
  return listed;
}

// By account of the image: 1 for one with a link in its run.
std::vector<char> linked_in(const Image& image) {
  std::vector<char> linked(image.snapshot.accounts.size(), 0);
  for (const auto* edges : {&image.links.core, &image.links.attach, &image.enriched}) {
    for (const WeightedEdge& edge : *edges) linked[edge.u] = linked[edge.v] = 1;
  }
  for (const Coaction& one : image.coactions) linked[one.u] = linked[one.v] = 1;
  for (const Vertex l : image.changes.unlinked) linked[l] = 0;
  return linked;
}

// By account of the image: as its run published it.
std::vector<NearMiss> near_misses_in(const Image& image) {
  std::vector<NearMiss> misses = image.links.near_misses;
  for (const ChangedMiss& changed : image.changes.misses) misses[changed.account] = changed.miss;
  return misses;
}

// The log as it was when the image was made.
Decisions decisions_at(const Image& image, const Decisions& now) {
  const std::vector<Verdict>& all = now.verdicts();
  return Decisions({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(image.verdicts)});
}

// What people cleared, and what is left of the weights.
struct ClearedWeights {
  ClearedWeights(const Snapshot& snapshot, const Weights& weights, const Decisions& decisions, const Config& config)
      : clearing(clearing_of(snapshot, decisions, config.verdicts)) {
    if (!clearing.empty()) less = lowered(snapshot.graph(), weights, clearing);
    on = less ? &*less : &weights;
  }
  ClearedWeights(const ClearedWeights&) = delete;
  ClearedWeights& operator=(const ClearedWeights&) = delete;

  Clearing clearing;
  std::optional<Weights> less;
  const Weights* on = nullptr;
};

ImageRing image_ring(const Ring& ring, const Decisions& decisions) {
  ImageRing image{.id = ring.id,
                  .version = ring.version,
                  .parents = ring.parents,
                  .tier = ring.tier,
                  .score = ring.score,
                  .members = {}};
  for (const Member& member : ring.members)
    image.members.push_back({member.account, member.membership, member.score, static_cast<std::uint64_t>(member.tier)});
  image.successions = successions_hash(ring);
  image.decided = is_touched(decisions, ring);
  image.attributed = !ring.campaigns.empty();
  return image;
}

class Incremental {
 public:
  Incremental(Store& store, const Setup& setup, DetectProgress& progress, Image image)
      : store_(store), setup_(setup), progress_(progress), image_(std::move(image)), base_(image_.summary) {
    image_.snapshot.weights = setup.config.layers;
  }

  std::optional<Detection> run(const DayWindow& window, std::string& reason) {
    const auto start = std::chrono::steady_clock::now();
    enter("patch", 1);
    std::vector<KeyHash> changed = store_.touched();
    if (window.first > image_.snapshot.window.first) add_expiring(window.first, changed);
    if (too_many(changed.size(), reason)) return std::nullopt;
    Patched patched = patch(store_, image_, window, setup_.habits, changed);
    Renewal renewal{.base = base_.run, .touched = changed.size(), .rewired = patched.rewired.size()};
    renewal.drift = drift_of(image_, patched);
    if (!(reason = too_far(renewal.drift, base_.run)).empty()) return std::nullopt;
    patched.snapshot.classes = classify(store_, patched.snapshot, setup_.lists);
    return detect(patched, std::move(renewal), start, reason);
  }

 private:
  void enter(const char* stage, int number) {
    progress_.stage = stage;
    progress_.stages_done = number;
    stage_.reset();
    stage_.emplace(stage);
  }

  void add_expiring(Day first, std::vector<KeyHash>& changed) const {
    std::vector<KeyHash> all;
    std::ranges::set_union(changed, expiring(store_, image_.snapshot, first), std::back_inserter(all));
    changed = std::move(all);
  }

  bool too_many(std::size_t touched, std::string& reason) const {
    const double accounts = std::max(1.0, static_cast<double>(image_.snapshot.accounts.size()));
    reason = too_far({{"touched", static_cast<double>(touched) / accounts / kMostTouched}}, base_.run);
    return !reason.empty();
  }

  std::optional<Detection> detect(const Patched& patched, Renewal renewal, std::chrono::steady_clock::time_point start,
                                  std::string& reason) {
    enter("project", 2);
    const BipartiteGraph was = image_.snapshot.graph(), is = patched.snapshot.graph();
    const std::vector<char> linked_before = linked_in(image_);
    const std::vector<NearMiss> near_before = near_misses_in(image_);
    const Weights weights_before =
        weigh_frozen(was, image_.null, image_.entities, listed_before(image_), image_.consequences);
    // Which layers follow from which is learned anew; that any do is the base's.
    const Weights weights = weigh_frozen(is, image_.null, patched.entities, known_hubs(setup_.listed, patched.snapshot),
                                         image_.consequences.empty() ? Consequences() : find_consequences(is));
    const PairCuts cuts_before = cuts_frozen(was, weights_before, image_.null, image_.entities);
    const PairCuts cuts = cuts_frozen(is, weights, image_.null, patched.entities);
    const ClearedWeights cleared_before(image_.snapshot, weights_before, decisions_at(image_, setup_.decisions),
                                        setup_.config);
    const ClearedWeights cleared(patched.snapshot, weights, setup_.decisions, setup_.config);
    const LinksNow links =
        links_now(image_, patched, {was, weights_before, cuts_before}, {is, weights, cuts},
                  {cleared_before.clearing, *cleared_before.on}, {cleared.clearing, *cleared.on}, setup_.config);
    enter("cluster", 3);
    Regrouped regrouped = regroup({image_, patched, links.similarity, links.dirty, setup_.clustering, setup_.config});
    renewal.retested = links.retested;
    renewal.reclustered = regrouped.reclustered;
    std::vector<char> grouped(is.left_count(), 0);
    for (const PatchedGroup& of : regrouped.groups) {
      for (const Vertex member : of.group.members) grouped[member] = 1;
    }
    renewal.drift.emplace_back("ungrouped", ungrouped_drift(patched, grouped));
    if (!(reason = too_far(renewal.drift, base_.run)).empty()) return std::nullopt;
    enter("judge", 4);
    Rejudged rejudged =
        rejudge(store_, setup_, {image_, patched, *cleared.on, cleared.clearing, links.coactions, links.reweighed},
                std::move(regrouped.groups));
    renewal.rejudged = rejudged.judged_again;
    enter("publish", 5);
    Detection detection{.rings = std::move(rejudged.rings)};
    attribute_again(store_, base_.run, setup_, patched.snapshot, detection.rings);
    complete_decided(store_, base_.run, setup_.decisions, detection.rings);
    overrule(store_, setup_.decisions, 0, detection.rings);
    RunSummary& summary = detection.summary;
    summary.baseline = base_.baseline;
    summary.tests = base_.tests;
    summary.renewal = std::move(renewal);
    summary.model = pair_model(patched.snapshot, weights, links.similarity);
    sum_up(detection.rings, summary);
    sum_up(patched.snapshot, links.similarity, setup_.config, summary);
    summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    publish_over(store_,
                 {image_, patched, *cleared_before.on, *cleared.on, cleared.clearing, links.similarity, links.relinked,
                  linked_before, near_before},
                 setup_, detection.rings, summary);
    enter("done", 6);
    stage_.reset();
    return detection;
  }

  Store& store_;
  const Setup& setup_;
  DetectProgress& progress_;
  std::optional<Stage> stage_;
  Image image_;
  const RunSummary base_;
};

}  // namespace

std::optional<Detection> detect_incrementally(Store& store, const Setup& setup, DetectProgress& progress,
                                              std::string& reason) {
  progress.stage = "load";
  reason.clear();
  if (store.image_run() == 0) {
    if (store.latest_run()) reason = "the last run left nothing to start from";
    return std::nullopt;
  }
  std::optional<Image> image = [&] {
    const Stage stage("image");
    return read_image(store);
  }();
  if (!image) {
    reason = "the last full run was another program's";
    return std::nullopt;
  }
  const DayWindow window = window_of(store, setup.config.detect);
  reason = unusable(store, setup, *image, window);
  if (!reason.empty()) return std::nullopt;
  return Incremental(store, setup, progress, std::move(*image)).run(window, reason);
}

std::vector<ImageGroup> image_groups(std::vector<Group> groups, std::vector<std::vector<Seed>> seeds,
                                     const std::vector<Group>& clustered, const Profiles& profiles,
                                     const std::vector<std::string>& names) {
  std::set<std::vector<Vertex>> plain;
  for (const Group& group : clustered) plain.insert(group.members);
  std::vector<ImageGroup> result(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    ImageGroup& one = result[g];
    one.name = names[g];
    one.plain = plain.contains(groups[g].members);
    for (const Vertex member : groups[g].members) {
      const auto at = std::lower_bound(profiles.accounts.begin(), profiles.accounts.end(), member);
      const Profile& profile = profiles.of[static_cast<std::size_t>(at - profiles.accounts.begin())];
      one.requests.push_back(profile.requests);
      one.facts.push_back(facts_hash(profile.facts));
    }
    one.group = std::move(groups[g]);
    one.seeds = std::move(seeds[g]);
  }
  return result;
}

void add_rings(Image& image, const Snapshot& snapshot, const Decisions& decisions, const std::vector<Ring>& rings,
               const std::vector<std::uint32_t>& numbers) {
  std::vector<std::size_t> group_of(snapshot.accounts.size(), kNoGroup);
  for (std::size_t g = 0; g < image.groups.size(); ++g) {
    for (const Vertex member : image.groups[g].group.members) group_of[member] = g;
    for (const Seed& seed : image.groups[g].seeds) group_of[seed.account] = g;
  }
  for (std::size_t i = 0; i < rings.size(); ++i) {
    ImageRing ring = image_ring(rings[i], decisions);
    ring.number = numbers[i];
    if (rings[i].carried) {
      image.carried.push_back(std::move(ring));
    } else {
      image.groups.at(group_of.at(*snapshot.vertex_of(rings[i].members.front().account))).ring = std::move(ring);
    }
  }
}

}  // namespace ringscope
