// A store small enough to check by hand: ann and bob share a card, bob and cy an address, dan shares nothing of worth;
// one run with one ring of ann, bob and cy.
#pragma once

#include <algorithm>
#include <memory>

#include "engine/detect/publish.h"
#include "engine/detect/ring/ring.h"
#include "storage/store.h"
#include "tests/engine/lab/scratch.h"

namespace ringscope {

inline constexpr Day kSampleDay = 20454;  // 2026-01-01

inline Member sample_member(const std::string& name, double membership) {
  return {hash_value(name), name, membership, 0.99, Tier::ban, {"shares a card, \"rare\"", "same hours"}};
}

inline Ring sample_ring() {
  Ring ring;
  ring.id = "R-7f3a91c2";
  ring.tier = Tier::ban;
  ring.score = 0.1 + 0.2;
  ring.summary = "3 accounts on one card. They act as one.";
  ring.members = {sample_member("ann", 1.0), sample_member("bob", 0.9), sample_member("cy", 0.8)};
  ring.evidence = {{"payment", {}, "card-1", 2, 2, 20.5, start_of_day(kSampleDay), start_of_day(kSampleDay) + 100},
                   {"ip", {}, "192.0.2.1", 2, 3, 10.25, kNoTime, kNoTime}};
  ring.evidence[0].crowd = "reseller";
  ring.evidence[0].crowd_probability = 0.25;
  ring.evidence_count = 2;
  ring.common = {{"ip/net", "203.0.113.0/24", 3, 4}};
  ring.kinds = {"payment", "ip"};
  ring.behavior.requests = 1'000'000;
  ring.behavior.capabilities = {{"coding", 0.75}, {"agentic_reasoning", 0.25}};
  ring.behavior.active_hours = 24;
  ring.extraction = {
      0.75, {"coding"}, {{"base", 1, -4, "most traffic extracts nothing"}, {"volume", 2.5, 0.5, "loud"}}};
  ring.members.front().extraction = 0.25;
  ring.benign = {{"office", 0.001, "no working hours"}};
  ring.first_seen = start_of_day(kSampleDay);
  ring.last_seen = start_of_day(kSampleDay + 2);
  ring.reasons = {"two kinds of evidence"};
  ring.ban_waves = {{start_of_day(kSampleDay), start_of_day(kSampleDay) + 3600, 12, 34.5}};
  ring.succeeds = {{.ring = "R-00000001",
                    .wave = ring.ban_waves.front(),
                    .accounts = 2,
                    .lag = 7200,
                    .gained_daily = 30.25,
                    .probability = 0.75,
                    .p_value = 0.01,
                    .reused = {{"payment/issuer", "538877", 4.5, 2}},
                    .reasons = {"2 accounts came"}}};
  ring.members.front().replaces =
      Replacement{"eve", "", start_of_day(kSampleDay), 3600, 0.875, 1, {{"payment", "card-1", 9.5, 1}}};
  return ring;
}

inline RunSummary sample_run() {
  RunSummary run;
  run.digest = "00ff";
  run.rings = 1;
  run.accounts = 3;
  run.baseline.accounts = 4;
  run.baseline.days = 3;
  run.baseline.capabilities = {{{KindId{}, hash_value("coding")}, "coding", 1}};
  run.baseline.new_models = {{{KindId{}, hash_value("sage-4")}, "sage-4", kSampleDay + 2, 0.125}};
  run.baseline.daily_requests = 4;
  return run;
}

inline VertexKey sample_key(Store& store, const std::string& kind, const std::string& value) {
  return {store.intern_kind(kind), hash_value(value)};
}

class SampleStore {
 public:
  SampleStore() : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) { fill(); }
  Store& store() { return *store_; }
  std::string path(const std::string& name) const { return scratch_.path(name); }

  // One run; links ann-bob of 20 bits and bob-cy of 10.
  void publish_run() {
    std::vector<Ring> rings = {sample_ring()};
    RunSummary run = sample_run();
    RunGraph graph;
    const KeyHash ann = hash_value("ann");
    const KeyHash bob = hash_value("bob");
    const KeyHash cy = hash_value("cy");
    graph.links = {{ann, {{bob, 20}}}, {bob, {{ann, 20}, {cy, 10}}}, {cy, {{bob, 10}}}};
    graph.entities = {{sample_key(*store_, "payment", "card-1"), 2, 20.5F},
                      {sample_key(*store_, "ip", "192.0.2.1"), 3, 10.25F},
                      {sample_key(*store_, "ip", "198.51.100.1"), 5000, 0}};
    publish(*store_, rings, run, graph);
  }

 private:
  void add(BatchWriter& writer, const std::string& account,
           const std::vector<std::pair<std::string, std::string>>& seen) {
    AccountRow row;
    row.account = hash_value(account);
    writer.add_name({{kAccountKind, row.account}, account});
    for (const auto& [kind, value] : seen) {
      const VertexKey key = sample_key(*store_, kind, value);
      writer.add_name({key, value});
      for (const Day day : {kSampleDay, kSampleDay + 2}) {
        row.cells.push_back({key, day, 3, start_of_day(day) + 10, start_of_day(day) + 20});
      }
    }
    std::sort(row.cells.begin(), row.cells.end());
    const VertexKey coding = sample_key(*store_, "capability", "coding");
    writer.add_name({coding, "coding"});
    ActivityDay day;
    day.day = kSampleDay;
    day.requests = 4;
    day.tokens_in = 100;
    day.hours[7] = 4;
    day.tags = {{coding, 3}};
    row.activity = {day};
    row.facts.created = start_of_day(kSampleDay) - 5;
    row.facts.plan = {"free", kNoTime};
    writer.add_row(row);
  }

  void fill() {
    const auto writer = store_->live_writer();
    const std::pair<std::string, std::string> hub{"ip", "198.51.100.1"};
    add(*writer, "ann", {{"payment", "card-1"}, hub});
    add(*writer, "bob", {{"payment", "card-1"}, {"ip", "192.0.2.1"}});
    add(*writer, "cy", {{"ip", "192.0.2.1"}, hub});
    add(*writer, "dan", {hub});
    writer->commit();
  }

  Scratch scratch_{"sample"};
  std::unique_ptr<Store> store_;
};

}  // namespace ringscope
