// Batches that come and expire at random: the patched graph is the one that loading gives, and its links are those that
// testing all pairs gives under the same null.
#include "algorithms/components.h"

#include <map>

#include <doctest/doctest.h>

#include "engine/detect/detect.h"
#include "engine/detect/incremental/drift.h"
#include "engine/detect/incremental/links_now.h"
#include "engine/detect/project/enrich.h"
#include "engine/detect/project/pairs.h"
#include "engine/detect/stages.h"
#include "tests/engine/detect/incremental/town.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

void check_graph(const Store& store, const Setup& setup, const Patched& patched) {
  const Snapshot loaded = load_window(store, setup.config);
  CHECK(patched.snapshot.window == loaded.window);
  REQUIRE(patched.snapshot.accounts == loaded.accounts);
  REQUIRE(patched.snapshot.entities == loaded.entities);
  CHECK(patched.snapshot.arrays.left_offsets == loaded.arrays.left_offsets);
  REQUIRE(patched.snapshot.arrays.left_targets == loaded.arrays.left_targets);
  CHECK(patched.snapshot.arrays.right_targets == loaded.arrays.right_targets);
  const auto same = [](const Sighting& a, const Sighting& b) {
    return a.count == b.count && a.days == b.days && a.first == b.first && a.last == b.last;
  };
  CHECK(std::ranges::equal(patched.snapshot.sightings, loaded.sightings, same));
  const Habits habits = load_habits(store, loaded, setup.habits);
  CHECK(patched.habits.layers == habits.layers);
  CHECK(patched.habits.keys == habits.keys);
  CHECK(patched.habits.arrays.left_targets == habits.arrays.left_targets);
  CHECK(patched.habits.amounts == habits.amounts);
}

struct Seen {
  int consequences = 0;
  int lost = 0;
  int linked = 0, changed = 0, gone = 0, fresh = 0, hubs = 0;
};

// Of every fifth account.
Decisions some_cleared(const std::vector<KeyHash>& accounts) {
  Verdict verdict;
  verdict.number = 1;
  verdict.word = VerdictWord::reject;
  verdict.by = "ann";
  for (std::size_t i = 0; i < accounts.size(); i += 5) verdict.accounts.push_back(accounts[i]);
  return Decisions({verdict});
}

// `cleared`: every fifth account was since the last full run.
void check_batch(const Store& store, const Setup& setup, bool cleared, Seen& seen) {
  Image image = *read_image(store);
  image.snapshot.weights = setup.config.layers;
  const DayWindow window = window_of(store, setup.config.detect);
  REQUIRE(unusable(store, setup, image, window) == "");
  std::vector<KeyHash> changed;
  std::ranges::set_union(store.touched(), expiring(store, image.snapshot, window.first), std::back_inserter(changed));
  const Patched patched = patch(store, image, window, setup.habits, changed);
  check_graph(store, setup, patched);
  const BipartiteGraph was = image.snapshot.graph(), is = patched.snapshot.graph();
  const Weights before = weigh_frozen(was, image.null, image.entities, {}, image.consequences);
  const Weights weights = weigh_frozen(is, image.null, patched.entities, {},
                                       image.consequences.empty() ? Consequences() : find_consequences(is));
  const PairCuts cuts_before = cuts_frozen(was, before, image.null, image.entities);
  const PairCuts cuts = cuts_frozen(is, weights, image.null, patched.entities);
  const std::vector<WeightedEdge> core_before = image.links.core;
  const Clearing nobody;
  const Clearing clearing =
      cleared ? clearing_of(patched.snapshot, some_cleared(patched.snapshot.accounts), {}) : Clearing();
  const Weights less = lowered(is, weights, clearing);
  const LinksNow links = links_now(image, patched, {was, before, cuts_before}, {is, weights, cuts}, {nobody, before},
                                   {clearing, less}, setup.config);

  const PairLinks all = keep_pairs(is, weights, cuts, 1);
  Similarity whole{.core = all.core,
                   .attach = all.attach,
                   .least_surprise = cuts.least_surprise,
                   .held = {},
                   .vouching = cuts.vouching.fitted};
  whole.near_misses = all.near_misses;
  const std::vector<WeightedEdge> enriched = enriched_pairs(is, weights, whole, setup.config.detect.alpha);
  Heeded heeded = heed_clearing({is, less, cuts, clearing, enriched, links.coactions, 1}, std::move(whole));
  whole = std::move(heeded.similarity);
  for (const EdgeChanges* changes : {&heeded.changes.core, &heeded.changes.attach}) {
    for (const WeightedEdge& edge : changes->lost) CHECK((links.relinked[edge.u] != 0 && links.relinked[edge.v] != 0));
    seen.lost += changes->lost.empty() ? 0 : 1;
  }
  CHECK(links.similarity.core == whole.core);
  CHECK(links.similarity.attach == whole.attach);
  CHECK(links.similarity.near_misses == whole.near_misses);
  CHECK(connected_components(is.left_count(), links.similarity.core) ==
        connected_components(is.left_count(), whole.core));
  seen.consequences += weights.with_consequences.empty() ? 0 : 1;
  seen.linked += whole.core.empty() ? 0 : 1;
  seen.changed += whole.core.size() == core_before.size() ? 0 : 1;
  seen.gone += patched.gone > 0 ? 1 : 0;
  seen.fresh += std::ranges::count(patched.account_old, kGone) > 0 ? 1 : 0;
  seen.hubs += std::ranges::count(weights.hubs, HubCause::none) == std::ssize(weights.hubs) ? 0 : 1;
}

Seen check_batches(Town& town, int all) {
  const Config config = config_of_town();
  const Setup setup(town.store(), config);
  Random random(4);
  DetectProgress progress;
  Seen seen;
  for (int batch = 0; batch < all; ++batch) {
    CAPTURE(batch);
    if (batch % 12 == 0) detect(town.store(), config, progress, DetectMode::full);
    if (random.chance(0.1)) {
      town.expire();
    } else {
      town.insert();
    }
    check_batch(town.store(), setup, batch % 2 == 1, seen);
  }
  return seen;
}

}  // namespace

TEST_CASE(
    "incremental: after each of many random batches that come and expire, graph, links and components are those of "
    "a full run under the same null") {
  const int all = batches();
  Town town(3);
  const Seen seen = check_batches(town, all);
  MESSAGE(all << " batches; links changed after " << seen.changed << ", accounts went in " << seen.gone
              << " and came in " << seen.fresh);
  CHECK(seen.linked > all / 2);
  CHECK(seen.changed > all / 4);
  CHECK(seen.lost > all / 4);
  CHECK(seen.gone > all / 20);
  CHECK(seen.fresh > all / 20);
  CHECK(seen.hubs > 0);
}

TEST_CASE("incremental: the same where some things follow from others") {
  const int all = batches() / 3;
  Town town(5, true);
  const Seen seen = check_batches(town, all);
  CHECK(seen.consequences > all / 2);
  CHECK(seen.changed > all / 4);
}
TEST_CASE("frozen null: on the graph that it was made of, weights, cuts and links are those of the run") {
  const Config config = config_of_town();
  Town town(9);
  DetectProgress progress;
  detect(town.store(), config, progress, DetectMode::full);
  const Image image = *read_image(town.store());
  const Setup setup(town.store(), config);
  const Snapshot snapshot = load_window(town.store(), config);
  const PairStage stage(config, snapshot, setup.listed);
  const PairStage::Weighed weighed = stage.weigh(snapshot.graph());
  const Similarity similarity = stage.project(snapshot.graph(), weighed);
  const Weights frozen = weigh_frozen(snapshot.graph(), image.null, image.entities, {});
  CHECK(frozen.rarity == weighed.weights.rarity);
  CHECK(frozen.left_scale == weighed.weights.left_scale);
  CHECK(frozen.hubs == weighed.weights.hubs);
  const PairCuts cuts = cuts_frozen(snapshot.graph(), frozen, image.null, image.entities);
  CHECK(cuts.vouching.fitted == similarity.vouching);
  const PairLinks links = keep_pairs(snapshot.graph(), frozen, cuts, 1);
  REQUIRE(!similarity.core.empty());
  CHECK(links.core == similarity.core);
  CHECK(links.attach == similarity.attach);
  CHECK(links.near_misses == similarity.near_misses);
  CHECK(image.links.core == similarity.core);
}
