// STIX as readers take it: they keep of each id the object that was modified last, and never again one that is revoked.
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/ask/verdicts.h"
#include "engine/detect/publish.h"
#include "engine/export/export.h"
#include "engine/release/retract.h"
#include "tests/engine/release/histories.h"
#include "tests/engine/sample.h"

using namespace ringscope;
using nlohmann::json;

namespace {

constexpr Seconds kNow = 1'800'000'000;
const std::string kRing = "R-7f3a91c2";

std::vector<json> objects_of(const Store& store, const char* level, std::vector<Tier> tiers) {
  std::string text;
  ExportFilter filter{std::move(tiers)};
  filter.may_share = true;
  export_run(store, find_export_format(level, "stix"), filter,
             ExportSink([&](std::string_view bytes) { text += bytes; }));
  return json::parse(text).at("objects").get<std::vector<json>>();
}

// What stands, of objects that can be revoked: type and name or pattern.
std::multiset<std::string> standing(const std::map<std::string, json>& kept) {
  std::multiset<std::string> texts;
  for (const auto& [id, object] : kept) {
    if (object.value("revoked", false) || !object.contains("modified") || object.at("type") == "identity") continue;
    texts.insert(object.at("type").get<std::string>() + " " +
                 object.value("pattern", object.value("name", object.value("relationship_type", ""))));
  }
  return texts;
}

class Reader {
 public:
  void take(const std::vector<json>& objects) {
    for (const json& object : objects) {
      const auto [at, is_new] = kept_.try_emplace(object.at("id"), object);
      if (is_new || !object.contains("modified")) continue;
      json& old = at->second;
      CHECK(old.at("created") == object.at("created"));
      if (old.at("modified") == object.at("modified")) CHECK(old == object);
      if (old.value("revoked", false)) CHECK(object.at("revoked") == true);
      if (old.at("modified") < object.at("modified")) old = object;
    }
  }
  const std::map<std::string, json>& kept() const { return kept_; }
  std::multiset<std::string> standing() const { return ::standing(kept_); }
  std::size_t revoked(const std::string& type) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        kept_, [&](const auto& one) { return one.second.at("type") == type && one.second.value("revoked", false); }));
  }

 private:
  std::map<std::string, json> kept_;
};

std::multiset<std::string> standing_for_the_first_time(const std::vector<json>& objects) {
  Reader reader;
  reader.take(objects);
  return reader.standing();
}

void detect(Store& store, std::vector<Ring> rings, Seconds now) {
  const Decisions decisions(read_verdicts(store));
  for (Ring& ring : rings) ring.evidence.front().crowd = "";
  const LedgerEntries entries = reconcile_ruled(store, kSampleDay, decisions, rings);
  RunSummary run = sample_run();
  run.created = now;
  publish(store, rings, run, {}, entries);
}

}  // namespace

TEST_CASE("stix: a retraction after the run is newer than what readers have, and revokes all of the ring") {
  for (const std::vector<Tier>& tiers : {std::vector<Tier>{}, std::vector<Tier>{Tier::ban}}) {
    SampleStore sample;
    detect(sample.store(), {sample_ring()}, kNow);
    Reader reader;
    reader.take(objects_of(sample.store(), "rings", tiers));
    CHECK(reader.standing().size() == 7);  // grouping, infrastructure, two indicators and what relates them
    retract(sample.store(), {kRing, false, "cy", "appeal 17", kNow});  // in the second of the run
    reader.take(objects_of(sample.store(), "rings", tiers));
    CHECK(reader.standing().empty());
    CHECK(reader.revoked("grouping") == 1);
    CHECK(reader.revoked("infrastructure") == 1);
    CHECK(reader.revoked("indicator") == 2);
    CHECK(reader.revoked("relationship") == 3);
  }
}

TEST_CASE("stix: a ring that is gone, or in the tiers no more, is revoked with all that it had") {
  SampleStore sample;
  detect(sample.store(), {sample_ring()}, kNow);
  Reader all, at_ban;
  all.take(objects_of(sample.store(), "rings", {}));
  at_ban.take(objects_of(sample.store(), "rings", {Tier::ban}));
  Ring ring = sample_ring();
  ring.tier = Tier::review;
  for (Member& member : ring.members) member.tier = Tier::review;
  detect(sample.store(), {ring}, kNow + 10);
  all.take(objects_of(sample.store(), "rings", {}));
  at_ban.take(objects_of(sample.store(), "rings", {Tier::ban}));
  CHECK(all.standing().size() == 7);
  CHECK(at_ban.standing().empty());
  CHECK(at_ban.revoked("indicator") == 2);
  detect(sample.store(), {}, kNow + 20);
  all.take(objects_of(sample.store(), "rings", {}));
  CHECK(all.standing().empty());
  CHECK(objects_of(sample.store(), "rings", {Tier::watch}).size() == 2);  // never there: only marking and identity
}

TEST_CASE("stix: what comes back is another object, for a revoked one never counts again") {
  SampleStore sample;
  detect(sample.store(), {sample_ring()}, kNow);
  Reader reader;
  reader.take(objects_of(sample.store(), "rings", {}));
  const Verdict verdict = retract(sample.store(), {kRing, false, "cy", "appeal 17", kNow + 5}).verdict;
  reader.take(objects_of(sample.store(), "rings", {}));
  undo_verdict(sample.store(), verdict.number, "cy", "was right", kNow + 6);
  reader.take(objects_of(sample.store(), "rings", {}));
  CHECK(reader.standing().size() == 7);
  CHECK(reader.revoked("grouping") == 1);
  CHECK(reader.standing() == standing_for_the_first_time(objects_of(sample.store(), "rings", {})));
}

TEST_CASE("stix: of a ring that goes on, the indicator alone is revoked that it shares no more") {
  SampleStore sample;
  detect(sample.store(), {sample_ring()}, kNow);
  Reader reader;
  reader.take(objects_of(sample.store(), "rings", {}));
  Ring ring = sample_ring();
  ring.evidence.pop_back();
  detect(sample.store(), {ring}, kNow + 10);
  reader.take(objects_of(sample.store(), "rings", {}));
  CHECK(reader.revoked("indicator") == 1);
  CHECK(reader.revoked("relationship") == 2);
  CHECK(reader.revoked("grouping") == 0);
  CHECK(!reader.standing().contains("indicator [ipv4-addr:value = '192.0.2.1']"));
  CHECK(reader.standing().contains("indicator [x-ringscope:payment = 'card-1']"));
}

TEST_CASE("stix: a member that people cleared is in the grouping no more") {
  SampleStore sample;
  detect(sample.store(), {sample_ring()}, kNow);
  retract(sample.store(), {"bob", false, "cy", "appeal 18", kNow + 5});
  std::size_t accounts = 0;
  for (const json& object : objects_of(sample.store(), "rings", {}))
    accounts += object.at("type") == "user-account" ? 1 : 0;
  CHECK(accounts == 2);
}

TEST_CASE("stix: indicators for others are revoked when the ring is cleared, gone, or shares them no more") {
  SampleStore sample;
  detect(sample.store(), {sample_ring()}, kNow);
  Reader reader;
  reader.take(objects_of(sample.store(), "indicators", {}));
  CHECK(reader.standing().size() == 5);  // a campaign, an address, a network and what relates them
  Ring ring = sample_ring();
  ring.common.clear();
  detect(sample.store(), {ring}, kNow + 10);
  reader.take(objects_of(sample.store(), "indicators", {}));
  CHECK(reader.standing().size() == 3);
  CHECK(reader.revoked("indicator") == 1);
  retract(sample.store(), {kRing, false, "cy", "appeal 17", kNow + 10});
  reader.take(objects_of(sample.store(), "indicators", {}));
  CHECK(reader.standing().empty());
  CHECK(reader.revoked("campaign") == 1);
  CHECK(reader.revoked("indicator") == 2);
}

TEST_CASE("stix: what was at ban for a verdict between two runs is told of, what never was at ban is not") {
  SampleStore sample;
  Ring ring = sample_ring();
  ring.tier = Tier::review;
  for (Member& member : ring.members) member.tier = Tier::review;
  detect(sample.store(), {ring}, kNow);
  CHECK(objects_of(sample.store(), "indicators", {}).size() == 2);
  const Verdict verdict = give_verdict(
      sample.store(), {.target = kRing, .word = VerdictWord::confirm, .by = "ann", .reason = "seen", .now = kNow + 1});
  Reader reader;
  reader.take(objects_of(sample.store(), "indicators", {}));
  CHECK(reader.standing().size() == 5);
  undo_verdict(sample.store(), verdict.number, "ann", "a mistake", kNow + 2);
  detect(sample.store(), {ring}, kNow + 10);
  reader.take(objects_of(sample.store(), "indicators", {}));
  CHECK(reader.standing().empty());
  CHECK(reader.revoked("indicator") == 2);
}

TEST_CASE("stix: who reads now and then ends with what is told to who begins at the end") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    const Scratch scratch("stix");
    const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
    begin_history(*store);
    Random random(seed, 1), reads(seed, 2);
    std::array<Reader, 2> readers;
    const std::array<std::vector<Tier>, 2> tiers{std::vector<Tier>{}, {Tier::ban}};
    for (int step = 0; step < 60; ++step) {
      take_step(*store, random, kNow + step / 3);
      if (!store->latest_run() || (step < 59 && reads.below(3) != 0)) continue;
      for (std::size_t i = 0; i < readers.size(); ++i) readers[i].take(objects_of(*store, "rings", tiers[i]));
    }
    for (std::size_t i = 0; i < readers.size(); ++i)
      CHECK(readers[i].standing() == standing_for_the_first_time(objects_of(*store, "rings", tiers[i])));
  }
}
