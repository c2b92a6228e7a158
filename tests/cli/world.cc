#include "tests/cli/world.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "base/time.h"
#include "tests/cli/program.h"

namespace ringscope {
namespace {

constexpr Seconds kStart = 1767225600;  // 2026-01-01
constexpr int kDays = 20;

struct Actor {
  std::string account;
  std::vector<std::string> ips;
  std::string card;
  std::string fingerprint;
  std::string capability;
};

Actor honest_actor(int i) {
  return {fmt::format("user-{}", i),
          {fmt::format("198.51.{}.{}", i / 200, i % 200), fmt::format("10.0.{}.{}", i / 4000, i / 40 % 100)},
          fmt::format("card-{}", i),
          fmt::format("fp-{}", i),
          i % 3 == 0 ? "coding" : "chat"};
}

Actor ring_actor(int i) {
  return {fmt::format("ring-{}", i),
          {"203.0.113.0", "203.0.113.1", "203.0.113.2", "203.0.113.3"},
          fmt::format("ring-card-{}", i % 2),
          fmt::format("ring-fp-{}", i % 3),
          "agentic_reasoning"};
}

}  // namespace

std::vector<std::string> world_lines(const WorldOptions& options) {
  std::vector<std::pair<Seconds, std::string>> events;
  for (int i = 0; i < options.honest + options.ring; ++i) {
    const Actor actor = i < options.honest ? honest_actor(i) : ring_actor(i - options.honest);
    Random random(7, static_cast<std::uint64_t>(i));
    for (int e = 0; e < options.events_each; ++e) {
      const Seconds ts = kStart + static_cast<Seconds>(random.below(kDays)) * kSecondsPerDay +
                         static_cast<Seconds>(random.below(80'000));
      events.emplace_back(
          ts,
          fmt::format(
              R"({{"ts":{},"account":"{}","ip":"{}","payment":"{}","fingerprint":"{}","capability":"{}","template":"t{}","tokens":{}}})",
              ts, actor.account, actor.ips[random.below(actor.ips.size())], actor.card, actor.fingerprint,
              actor.capability, i < options.honest ? i : 0, 100 + random.below(900)));
    }
  }
  std::sort(events.begin(), events.end());
  std::vector<std::string> lines;
  for (auto& event : events) lines.push_back(std::move(event.second));
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

void make_store(const Program& program) {
  program.write("log.jsonl", joined(world_lines()));
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
}

void check_stays_away(const Program& program, const std::string& account, const std::string& store) {
  const auto line = [](const std::string& name) {
    return fmt::format(R"({{"ts":1767225600,"account":"{}","ip":"192.0.2.9"}})", name);
  };
  program.write("again.jsonl", joined({line(account), line("new-one")}));
  const Outcome again = program.must_run({"ingest", "again.jsonl", "--db", store, "--json"});
  const auto report = nlohmann::json::parse(again.out);
  CHECK(report.at("suppressed") == 1);
  CHECK(report.at("events") == 1);
  CHECK(program.run({"account", account, "--db", store}).status == 1);
}

}  // namespace ringscope
