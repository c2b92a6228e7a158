// Weights of layers and switches of tests, from the settings to the rings.
#include "engine/load/layer_weights.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "engine/detect/detect.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/ingest/ingest.h"
#include "tests/engine/lab/simulated.h"

namespace ringscope {
namespace {

// A world's events as CSV, with the values of one column taken out.
std::string without_column(const Simulated& world, std::string_view column) {
  std::string text;
  for (std::size_t c = 0; c < kColumns.size(); ++c) text.append(c == 0 ? "" : ",").append(kColumns[c]);
  for (const SimulatedEvent& event : world.events()) {
    text += '\n';
    for (std::size_t c = 0; c < kColumns.size(); ++c) {
      if (c > 0) text += ',';
      if (kColumns[c] != column) text += event.fields[c];
    }
  }
  return text + '\n';
}

// A store of one file, looked through with one configuration after the other.
class Looked {
 public:
  explicit Looked(const std::string& csv) : scratch_("layer-weights") {
    store_ = Store::open(scratch_.path("db"), {.mode = OpenMode::create});
    IngestProgress progress;
    const std::vector<std::string> files{scratch_.write("events.csv", csv)};
    ingest(*store_, files, {}, progress);
  }

  Detection with(const Config& config) {
    DetectProgress progress;
    return detect(*store_, config, progress);
  }

 private:
  Scratch scratch_;
  std::unique_ptr<Store> store_;
};

Config weighing(const std::string& layer, double weight) {
  Config config;
  config.layers[layer].weight = weight;
  return config;
}

// But for what comes from earlier runs of the store: ids, versions, parents.
std::string everything(Detection detection) {
  std::vector<std::string> heads;
  for (Ring& ring : detection.rings) {
    ring.run = 0;
    ring.version = 1;
    ring.id.clear();
    ring.parents.clear();
    for (Handover& handover : ring.succeeds) handover.ring.clear();
    heads.push_back(ring_head_to_json(ring));
  }
  std::sort(heads.begin(), heads.end());
  return fmt::format("{}\n{}", detection.summary.digest, fmt::join(heads, "\n"));
}

const Simulated& small_world() {
  static const Simulated world({.seed = 3, .accounts = 2000, .requests = 40'000});
  return world;
}

}  // namespace

TEST_CASE("layer weights: weight 0 is the same as input without the field, in all that a ring says") {
  struct Field {
    const char* column;
    const char* layer;
  };
  Looked whole(without_column(small_world(), ""));
  const Detection plain = whole.with({});
  REQUIRE(plain.rings.size() >= 5);
  std::set<std::string> digests{plain.summary.digest};
  for (const Field& field :
       {Field{"ip", "ip"}, Field{"payment", "payment"}, Field{"fingerprint", "fingerprint"}, Field{"email", "email"},
        Field{"template", "template"}, Field{"capability", "capability"}, Field{"created", "signup"}}) {
    CAPTURE(field.layer);
    Looked stripped(without_column(small_world(), field.column));
    const Detection left_out = whole.with(weighing(field.layer, 0));
    CHECK(everything(left_out) == everything(stripped.with({})));
    digests.insert(left_out.summary.digest);
  }
  CHECK(digests.size() >= 7);  // nearly every field matters to some ring
}

TEST_CASE("layer weights: a weight of 1 changes nothing, others do, facets and hours can be weighed") {
  Looked whole(without_column(small_world(), ""));
  const std::string plain = whole.with({}).summary.digest;
  CHECK(whole.with(weighing("ip", 1)).summary.digest == plain);
  for (const char* layer : {"ip", "payment", "ip/net", "payment/issuer", "email/domain", "template", "hour"}) {
    CAPTURE(layer);
    CHECK(whole.with(weighing(layer, 0.25)).rings.size() > 0);
    CHECK(whole.with(weighing(layer, 100)).rings.size() > 0);
    CHECK(whole.with(weighing(layer, 0)).rings.size() > 0);
  }
  CHECK(whole.with(weighing("payment", 0.05)).summary.digest != plain);
}

TEST_CASE("layer weights: a layer that is neither in the store nor derived is named with its place when detect runs") {
  Looked whole(without_column(small_world(), ""));
  Config config = weighing("ipp", 0.5);
  config.layers["ipp"].place = "settings.toml:7";
  CHECK_THROWS_WITH_AS(whole.with(config), doctest::Contains("settings.toml:7"), Error);
  CHECK_THROWS_WITH_AS(whole.with(config), doctest::Contains("\"ipp\""), Error);
  CHECK_THROWS_AS(whole.with(weighing("model", 0)), Error);  // a tag of requests, no layer
}

TEST_CASE("tests of detection: each can be left out, and without all of them there is no ring") {
  Looked whole(without_column(small_world(), ""));
  const Detection all = whole.with({});
  Config none;
  none.detect.tests = {false, false, false, false, false, false};
  CHECK(whole.with(none).rings.empty());
  CHECK(whole.with(none).summary.links == 0);
  Config without_pools, vouching_alone;
  without_pools.detect.tests.pools = false;
  CHECK(whole.with(without_pools).summary.links == all.summary.links);
  CHECK(whole.with(without_pools).summary.digest != all.summary.digest);
  vouching_alone.detect.tests.pairs = vouching_alone.detect.tests.enrichment = false;
  CHECK(whole.with(vouching_alone).summary.links < all.summary.links);
}

}  // namespace ringscope
