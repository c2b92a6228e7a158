// Batches that come and expire at random: what an incremental run says after each, beside a full run that makes its own
// null of the same rows.
#include <doctest/doctest.h>

#include "algorithms/components.h"
#include "engine/ask/run_links.h"
#include "engine/detect/detect.h"
#include "tests/engine/detect/incremental/places.h"
#include "tests/engine/detect/incremental/town.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

RunSummary detect_in(Town& town, DetectMode mode) {
  DetectProgress progress;
  return detect(town.store(), config_of_town(), progress, mode).summary;
}

// By account, in the order of their keys.
Partition components_of(Town& town, std::uint64_t run) {
  return connected_components(links_among(town.store(), run, town.keys()).view());
}

}  // namespace

TEST_CASE(
    "incremental: after each of many random batches that come and expire the rings are near those of a full run") {
  const int all = batches();
  Town growing(11), anew(11);  // the same happens to both
  Random random(6);
  int incremental = 0, equal = 0;
  double sum = 0, least = 1;
  int changed = 0;
  std::uint64_t members = 0;
  std::string last;
  for (int batch = 0; batch < all; ++batch) {
    CAPTURE(batch);
    const bool day_passes = random.chance(0.1);
    for (Town* town : {&growing, &anew}) {
      if (day_passes)
        town->expire();
      else
        town->insert();
    }
    const RunSummary run = detect_in(growing, DetectMode::automatic), full = detect_in(anew, DetectMode::once);
    CHECK(run.edges == full.edges);
    const double near = b_cubed(places_in(growing.store(), run.run), places_in(anew.store(), full.run));
    const bool same = components_of(growing, run.run) == components_of(anew, full.run);
    if (run.renewal.base == 0) {  // a full run, too
      CHECK(near == doctest::Approx(1));
      CHECK(same);
      continue;
    }
    ++incremental;
    changed += run.digest == last ? 0 : 1;
    last = run.digest;
    members += full.accounts;
    sum += near;
    least = std::min(least, near);
    equal += same ? 1 : 0;
  }
  MESSAGE(all << " batches, " << incremental << " of them by incremental runs: B-cubed with full runs "
              << sum / incremental << " in the mean, " << least
              << " at least; components as with the full run's own null after " << equal << "; "
              << members / static_cast<unsigned>(incremental) << " members in the mean, other rings after " << changed);
  CHECK(incremental > all / 4);
  CHECK(changed > all / 10);
  CHECK(members > 10 * static_cast<unsigned>(incremental));
  CHECK(sum / incremental >= 0.95);
}
