// A store whose rings of any size share one address, to try guards on.
#pragma once

#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/publish.h"
#include "engine/ledger/feed_json.h"
#include "engine/release/release.h"
#include "tests/engine/lab/scratch.h"

namespace ringscope {

inline constexpr Seconds kNow = 1'800'000'000;

// 1,000 accounts "u0" … that were looked at; those of a ring share the address 192.0.2.1 and are of the plan "student".
class Campus {
 public:
  Campus() : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {}

  Store& store() { return *store_; }
  std::string write(const std::string& name, const std::string& text) { return scratch_.write(name, text); }

  // A run that has u<first> … at ban, in one ring.
  void detect(int first, int count) {
    const auto writer = store_->live_writer();
    const VertexKey address{store_->intern_kind("ip"), hash_value("192.0.2.1")};
    writer->add_name({address, "192.0.2.1"});
    std::vector<Ring> rings(1);
    Ring& ring = rings.front();
    ring.id = "R-00000001";
    ring.tier = Tier::ban;
    ring.score = 0.999;
    ring.kinds = {"payment", "ip"};
    ring.benign = {{"campus", 0.03, "students"}};
    for (int i = first; i < first + count; ++i) {
      Member& member = ring.members.emplace_back();
      member.name = fmt::format("u{}", i);
      member.account = hash_value(member.name);
      member.tier = Tier::ban;
      member.score = 0.999;
      AccountRow row;
      row.account = member.account;
      row.cells = {{address, 20454, 1, start_of_day(20454), start_of_day(20454)}};
      row.facts.plan = {"student", kNoTime};
      row.facts.created = kNow - 40 * kSecondsPerDay;
      writer->add_name({{kAccountKind, row.account}, member.name});
      writer->add_row(row);
    }
    writer->commit();
    const LedgerEntries entries = reconcile_rings(*store_, 20454, rings);
    RunSummary summary;
    summary.digest = "d";
    summary.population_accounts = 1000;
    publish(*store_, rings, summary, {}, entries);
  }

  std::string told(ReleaseRequest request, const Config& config) {
    request.now = kNow;
    try {
      return to_string(release(*store_, config, request).state);
    } catch (const Error& error) {
      return fmt::format("{}: {}", to_string(error.code()), error.message());
    }
  }
  std::uint64_t banned() {
    std::uint64_t count = 0;
    store_->scan_actions(
        [&](KeyHash, std::string_view json) { count += action_from_json(json).type == ActionType::ban ? 1 : 0; });
    return count;
  }
  std::size_t journal() { return read_journal(*store_).entries().size(); }

 private:
  Scratch scratch_{"campus"};
  std::unique_ptr<Store> store_;
};

inline Config one_person() {
  Config config;
  config.guards.persons = 1;
  config.guards.most_share = 1;
  return config;
}

inline ReleaseRequest by(const std::string& person) { return {.by = person, .reason = "", .digest = "", .now = kNow}; }
inline ReleaseRequest overridden_by(const std::string& person) {
  return {.by = person, .reason = "looked at all", .override_caps = true, .digest = "", .now = kNow};
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace ringscope
