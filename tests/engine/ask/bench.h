// A run made by hand, for questions about why two accounts are apart and what holds a member.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/ask/account.h"
#include "engine/ask/expel.h"
#include "engine/ask/why.h"
#include "engine/detect/detect.h"
#include "engine/detect/index/held_things.h"
#include "engine/detect/publish.h"
#include "engine/ingest/ingest.h"
#include "engine/lab/simulate.h"
#include "tests/engine/lab/scratch.h"

namespace ringscope::testing {

using Seen = std::pair<std::string, std::string>;  // kind, value

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline bool any_contains(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return contains(text, part); });
}

// Accounts, what they touch, and a run made by hand. In its null model a shared thing of 10 bits comes about once in
// 2^20 pairs, one of 20 bits once in 2^30, and a pair needs 25 bits: so two things of 10 bits, or one of 20.
class Bench {
 public:
  Bench() : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {}

  Store& store() { return *store_; }
  void add(const std::string& account, const std::vector<Seen>& seen, Day day = 100) {
    AccountRow row;
    row.account = hash_value(account);
    const auto writer = store_->live_writer();
    writer->add_name({{kAccountKind, row.account}, account});
    for (const auto& [kind, value] : seen) {
      const VertexKey key{store_->intern_kind(kind), hash_value(value)};
      writer->add_name({key, value});
      row.cells.push_back({key, day, 1, start_of_day(day), start_of_day(day) + 1});
      if (day <= run.window.last) ++accounts_[key];
    }
    std::sort(row.cells.begin(), row.cells.end());
    for (const Cell& cell : row.cells) touched_[row.account].insert(cell.entity);
    writer->add_row(row);
    writer->commit();
  }
  void link(const std::string& a, const std::string& b, float bits) {
    links_[hash_value(a)].push_back({hash_value(b), bits});
    links_[hash_value(b)].push_back({hash_value(a), bits});
  }
  void near(const std::string& a, const std::string& b, float bits) {
    graph_.nearest.push_back({hash_value(a), {{hash_value(b), bits}}});
  }
  void hub(const Seen& thing, HubCause cause, std::uint32_t accounts, float trust = 0) {
    const VertexKey key{store_->intern_kind(thing.first), hash_value(thing.second)};
    graph_.entities.push_back({key, accounts, 0, static_cast<std::uint8_t>(cause), trust});
    accounts_.erase(key);
  }
  Ring& ring(const std::string& id, Tier tier, const std::vector<std::string>& members) {
    Ring& ring = rings_.emplace_back();
    ring.id = id;
    ring.tier = tier;
    ring.score = tier == Tier::watch ? 0.25 : 0.99;
    for (const std::string& name : members) {
      Member& member = ring.members.emplace_back();
      member.account = hash_value(name);
      member.name = name;
    }
    return ring;
  }
  // Things called "weak…" are worth 10 bits, others 20.
  void publish_run() {
    run.tests = {.pair_cut = 25,
                 .hub_accounts = 1000,
                 .least_trust = 0.01,
                 .vouch_core = 0.9,
                 .vouch_attach = 0.5,
                 .resolution = 1,
                 .least_cohesion = 0.1,
                 .min_ring = least_ring,
                 .review_score = 0.5,
                 .ban_score = 0.95,
                 .ban_benign = 0.1};
    run.model.intensity = {{20, 0x1p-20}, {40, 0x1p-30}};
    for (const char* kind : {"email", "ip", "payment"}) {
      LayerModel& layer = run.model.layers.emplace_back();
      layer.kind = kind;
      layer.edges = 1024;
      layer.scales = {{1, 0.5F}, {50, 0.5F}};
      layer.vouches = {{1, 0.3F, 0.3F}};
    }
    run.model.layers[0].vouches = {{1, 0.6F, 0.6F}};  // an address of mail attaches by itself
    for (const auto& [key, accounts] : accounts_) {
      if (accounts < 2) continue;
      const bool weak = store_->name_of(key).value_or("").starts_with("weak");
      graph_.entities.push_back({key, accounts, weak ? 10.0F : 20.0F});
    }
    for (const auto& [account, links] : links_) graph_.links.push_back({account, links});
    if (counted) count_held();
    publish(*store_, rings_, run, graph_);
  }

  std::optional<WhyNot> pair(const std::string& a, const std::string& b) {
    return why_not_pair(*view(), hash_value(a), hash_value(b));
  }
  std::optional<AccountWhyNot> account(const std::string& name) { return why_not_account(*view(), hash_value(name)); }
  std::optional<Expulsion> expulsion(const std::string& name, const ExpelOptions& options = {}) {
    return expulsion_of(*view(), hash_value(name), options);
  }
  std::unique_ptr<RunView> view() { return view_of(*store_, asked_run(*store_)); }

  RunSummary run = [] {
    RunSummary made;
    made.window = {0, 1000};
    return made;
  }();
  std::uint32_t least_ring = 2;
  bool counted = true;  // false: as a program that did not count what the members of a ring touch

 private:
  void count_held() {
    for (const Ring& ring : rings_) {
      std::map<VertexKey, std::uint32_t> counts;
      for (const Member& member : ring.members) {
        for (const VertexKey& thing : touched_[member.account]) ++counts[thing];
      }
      std::vector<HeldThing> held;
      for (const auto& [thing, members] : counts) {
        if (members > 1) held.push_back({thing, members});
      }
      graph_.index.push_back(encode_held(ring.id, held));
    }
  }

  Scratch scratch_{"why-not"};
  std::unique_ptr<Store> store_;
  std::map<VertexKey, std::uint32_t> accounts_;
  std::map<KeyHash, std::set<VertexKey>> touched_;
  std::map<KeyHash, std::vector<StoredLink>> links_;
  std::vector<Ring> rings_;
  RunGraph graph_;
};

}  // namespace ringscope::testing
