#include "engine/lab/simulate.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include <doctest/doctest.h>

#include "base/error.h"
#include "tests/engine/lab/simulated.h"

using namespace ringscope;

namespace {

constexpr std::size_t kRare = 40;  // accounts

const Simulated& default_world() {
  static const Simulated kWorld{SimulateOptions{}};
  return kWorld;
}

SimulateOptions small(std::uint64_t seed = 1) {
  SimulateOptions options;
  options.seed = seed;
  options.accounts = 4000;
  options.requests = 60'000;
  return options;
}

std::string written(SimulateOptions options, const std::string& name) {
  const Scratch scratch("simulate");
  options.out = scratch.path("world");
  simulate(options);
  return read_text(scratch.path("world/" + name));
}

std::string kind_of(std::string_view name) {
  return std::string(name.substr(0, name.find_last_not_of("-0123456789") + 1));
}

// Account -> how many rare things it shares with others of its own ring.
std::unordered_map<std::string_view, int> shared_in_ring(const Simulated& world) {
  std::unordered_map<std::string_view, int> shared;
  for (const std::string_view column : {"ip", "payment", "fingerprint"}) {
    for (const auto& [value, accounts] : world.users_of(column)) {
      if (accounts.size() < 2 || accounts.size() > kRare) continue;
      std::map<std::string_view, int> members;
      for (const auto account : accounts) ++members[world.rings().at(account)];
      for (const auto account : accounts) {
        const std::string_view ring = world.rings().at(account);
        if (!ring.empty() && members[ring] > 1) ++shared[account];
      }
    }
  }
  return shared;
}

// Mean number of fellow members an account meets at its things, each thing's users counted.
double mean_meetings(const Simulated& world) {
  double meetings = 0;
  for (const std::string_view column : {"ip", "payment", "fingerprint"}) {
    for (const auto& [value, accounts] : world.users_of(column)) {
      std::map<std::string_view, double> members;
      for (const auto account : accounts) ++members[world.rings().at(account)];
      for (const auto& [ring, n] : members) meetings += ring.empty() || accounts.size() > 1000 ? 0 : n * (n - 1);
    }
  }
  return meetings / static_cast<double>(world.report().ring_accounts);
}

// Share of the accounts of a kind that pay with a card somebody else has, too.
double common_cards(const Simulated& world, std::string_view kind) {
  double common = 0;
  double all = 0;
  std::unordered_set<std::string_view> sharing;
  for (const auto& [card, accounts] : world.users_of("payment")) {
    if (accounts.size() > 1) sharing.insert(accounts.begin(), accounts.end());
  }
  for (const auto& [account, group] : world.groups()) {
    if (kind_of(group) != kind) continue;
    ++all;
    common += sharing.contains(account) ? 1 : 0;
  }
  return common / all;
}

}  // namespace

TEST_CASE("simulate: the same options give the same bytes with one and two threads") {
  SimulateOptions one = small();
  one.threads = 1;
  SimulateOptions two = small();
  two.threads = 2;
  for (const char* file : {"events.jsonl", "truth.csv", "successions.csv", "indicators.json", "world.json"}) {
    CHECK_MESSAGE(written(one, file) == written(two, file), file);
  }
}

TEST_CASE("simulate: another seed gives another world, and none of the same accounts") {
  const std::string first = written(small(1), "truth.csv");
  const std::string second = written(small(2), "truth.csv");
  const auto lines = lines_of(first);
  std::set<std::string_view> accounts;
  for (const auto line : lines) accounts.insert(line.substr(0, 13));
  std::size_t common = 0;
  for (const auto line : lines_of(second)) common += accounts.contains(line.substr(0, 13)) ? 1 : 0;
  CHECK(common == 1);  // the header
}

TEST_CASE("simulate: the default world has the accounts and rings asked for, and nearly the requests") {
  const Simulated& world = default_world();
  const SimulateReport& report = world.report();
  CHECK(report.accounts == 50'000);
  CHECK(world.rings().size() == 50'000);
  CHECK(report.ring_accounts == 3'000);
  CHECK(report.requests > 950'000);
  CHECK(report.requests < 1'050'000);
  const auto bans = std::ranges::count_if(world.events(), &SimulatedEvent::is_ban);
  CHECK(world.events().size() == report.requests + static_cast<std::uint64_t>(bans));
  CHECK(report.bytes == read_text(world.file("events.csv")).size());
}

TEST_CASE("simulate: every kind is present in the default world, but for those that have to be asked for") {
  const std::set<std::string> asked_for = {"aged", "bare", "plain", "tiny", "agency", "cafe", "term"};
  std::set<std::string> present = {"individual"};
  for (const auto& [account, ring] : default_world().rings()) present.insert(kind_of(ring));
  for (const auto& [account, group] : default_world().groups()) present.insert(kind_of(group));
  for (const SimulatedKind& kind : simulated_kinds()) {
    const std::string name(kind.name);
    CHECK_MESSAGE(present.contains(name) != asked_for.contains(name), name);
  }
  // And "individual" and the empty name: no kind is undeclared.
  CHECK(present.size() == simulated_kinds().size() - asked_for.size() + 1);
}

TEST_CASE("simulate: truth and events agree, in time order, with facts on first requests and silence after bans") {
  const Simulated world(small());
  std::unordered_map<std::string_view, int> facts;
  std::unordered_set<std::string_view> banned;
  std::int64_t last = 1767225600;
  for (const SimulatedEvent& event : world.events()) {
    REQUIRE(event.ts() >= last);
    last = event.ts();
    REQUIRE(world.rings().contains(event.account()));
    REQUIRE_MESSAGE(!banned.contains(event.account()), event.account());
    if (event.is_ban()) {
      banned.insert(event.account());
      continue;
    }
    const bool first = facts[event.account()]++ == 0;
    REQUIRE(event.at("plan").empty() == !first);
    REQUIRE(event.at("email").empty() == !first);
    REQUIRE(event.at("created").empty() == !first);
    if (first) REQUIRE(std::stoll(std::string(event.at("created"))) <= event.ts());
    for (const auto column : {"ip", "fingerprint", "capability", "model", "tokens", "tokens_out"}) {
      REQUIRE(!event.at(column).empty());
    }
  }
  CHECK(last < 1767225600 + 30 * 86400);
  CHECK(facts.size() == world.rings().size());
  CHECK(!banned.empty());
  for (const auto& [account, ring] : world.rings()) REQUIRE((ring.empty() || world.groups().at(account).empty()));
}

TEST_CASE("simulate: JSON Lines and CSV tell the same") {
  const std::string text = written(small(), "events.jsonl");
  const auto lines = lines_of(text);
  const Simulated world(small());
  REQUIRE(lines.size() == world.events().size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto json = nlohmann::json::parse(lines[i]);
    std::size_t present = 0;
    for (std::size_t c = 0; c < kColumns.size(); ++c) {
      const std::string_view field = world.events()[i].fields[c];
      if (field.empty()) continue;
      ++present;
      const auto& value = json.at(std::string(kColumns[c]));
      REQUIRE((value.is_string() ? value.get<std::string>() : value.dump()) == field);
    }
    REQUIRE(json.size() == present);
  }
}

TEST_CASE("simulate: a rule that flags who shares an address with two others is mostly wrong") {
  std::unordered_set<std::string_view> flagged;
  for (const auto& [address, accounts] : default_world().users_of("ip")) {
    if (accounts.size() >= 3) flagged.insert(accounts.begin(), accounts.end());
  }
  const auto right = std::ranges::count_if(
      flagged, [](std::string_view account) { return !default_world().rings().at(account).empty(); });
  CHECK(static_cast<double>(right) < 0.5 * static_cast<double>(flagged.size()));
}

TEST_CASE("simulate: at default hardness all but a few ring accounts share two rare things with their ring") {
  const auto shared = shared_in_ring(default_world());
  double accounts = 0, sharing = 0;
  for (const auto& [account, ring] : default_world().rings()) {
    if (ring.empty()) continue;
    const auto found = shared.find(account);
    accounts += 1;
    sharing += found != shared.end() && found->second >= 2 ? 1 : 0;
  }
  CHECK(sharing >= 0.995 * accounts);
}

TEST_CASE("simulate: honest crowds share rare things, too") {
  const Simulated& world = default_world();
  CHECK(common_cards(world, "family") > 0.4);
  CHECK(common_cards(world, "office") > 0.2);
  CHECK(common_cards(world, "pipeline") == 1);
  CHECK(common_cards(world, "reseller") == 1);
  CHECK(common_cards(world, "nat") < 0.05);
}

TEST_CASE("simulate: harder rings share less, step by step") {
  double before = 1e9;
  for (const double hardness : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    SimulateOptions options = small();
    options.hardness = hardness;
    const double now = mean_meetings(Simulated(options));
    CHECK_MESSAGE(now < before, hardness);
    before = now;
  }
}

TEST_CASE("simulate: crowds are planted beside the usual where they are named, and share what they are said to") {
  SimulateOptions options = small();
  options.crowds = {"agency", "cafe", "term"};
  const Simulated world(options);
  std::map<std::string, std::size_t> members;
  for (const auto& [account, group] : world.groups()) ++members[kind_of(group)];
  for (const char* kind : {"agency", "cafe", "term", "family", "office"}) CHECK_MESSAGE(members[kind] >= 20, kind);
  CHECK(common_cards(world, "agency") == 0);  // each its client's
  CHECK(common_cards(world, "cafe") == 0);
  CHECK(common_cards(world, "term") == 1);  // the department's
  options.crowds = {"bar"};
  CHECK_THROWS_WITH_AS(simulate(options), doctest::Contains("'bar'"), Error);
}

TEST_CASE("simulate: aged accounts were made over the year before, others of a ring within weeks") {
  const auto old = [](const char* kind) {
    SimulateOptions options = small();
    options.ring_kinds = {kind};
    const Simulated world(options);
    double accounts = 0, aged = 0;
    for (const SimulatedEvent& event : world.events()) {
      const std::string created(event.at("created"));
      if (created.empty() || kind_of(world.rings().at(event.account())) != kind) continue;
      ++accounts;
      aged += event.ts() - std::stoll(created) > 60 * 86'400 ? 1 : 0;
    }
    REQUIRE(accounts >= 100);
    return aged / accounts;
  };
  CHECK(old("aged") > 0.7);
  CHECK(old("residential") == 0);
}

TEST_CASE("simulate: one kind can be made harder alone") {
  SimulateOptions easy = small();
  easy.kind_hardness["family"] = 0;
  SimulateOptions hard = small();
  hard.kind_hardness["family"] = 1;
  const Simulated a(easy);
  const Simulated b(hard);
  CHECK(common_cards(a, "family") + 0.2 < common_cards(b, "family"));
  CHECK(std::abs(common_cards(a, "office") - common_cards(b, "office")) < 0.02);
}

TEST_CASE("simulate: a world without rings has none") {
  SimulateOptions options = small();
  options.rings = false;
  const Simulated world(options);
  CHECK(world.report().rings == 0);
  CHECK(world.report().ring_accounts == 0);
  CHECK(world.report().accounts == 4000);
  CHECK(std::ranges::all_of(world.rings(), [](const auto& entry) { return entry.second.empty(); }));
  CHECK(nlohmann::json::parse(read_text(world.file("indicators.json"))).empty());
}

TEST_CASE("simulate: a successor signs up within a day of the ban and has something of its predecessor") {
  const Simulated world(small());
  const std::string text = read_text(world.file("successions.csv"));
  std::unordered_map<std::string_view, std::int64_t> ban, first;
  std::unordered_map<std::string_view, std::set<std::string_view>> things;
  for (const SimulatedEvent& event : world.events()) {
    if (event.is_ban()) ban[event.account()] = event.ts();
    first.try_emplace(event.account(), event.ts());
    for (const auto column : {"ip", "payment", "fingerprint"}) things[event.account()].insert(event.at(column));
  }
  const auto lines = lines_of(text);
  REQUIRE(lines.size() > 5);
  std::size_t heirs = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto pair = split(lines[i], ',');
    REQUIRE(ban.contains(pair[0]));
    REQUIRE(first.at(pair[1]) > ban.at(pair[0]));
    REQUIRE(first.at(pair[1]) - ban.at(pair[0]) < 2 * 86400);
    REQUIRE(world.rings().at(pair[0]) == world.rings().at(pair[1]));
    const auto& left = things[pair[0]];
    heirs += std::ranges::any_of(things[pair[1]], [&](auto thing) { return left.contains(thing); }) ? 1 : 0;
  }
  CHECK(heirs * 10 > (lines.size() - 1) * 9);
}

TEST_CASE("simulate: indicators are things that members of the campaign used") {
  const Simulated& world = default_world();
  const auto campaigns = nlohmann::json::parse(read_text(world.file("indicators.json")));
  CHECK(campaigns.size() >= 3);
  std::map<std::string, Simulated::Users> users = {{"ip", world.users_of("ip")},
                                                   {"payment", world.users_of("payment")}};
  for (const auto& campaign : campaigns) {
    CHECK(!campaign.at("indicators").empty());
    for (const auto& indicator : campaign.at("indicators")) {
      const auto& of_kind = users.at(indicator.at("kind").get<std::string>());
      const auto found = of_kind.find(indicator.at("value").get<std::string>());
      REQUIRE(found != of_kind.end());
      CHECK(std::ranges::any_of(found->second, [&](auto account) {
        return world.rings().at(account) == campaign.at("campaign").get<std::string>();
      }));
    }
  }
}

TEST_CASE("simulate: an account's name does not tell a ring from the honest") {
  std::map<char, std::array<double, 2>> by_letter;
  for (const auto& [account, ring] : default_world().rings()) ++by_letter[account.front()][ring.empty() ? 0 : 1];
  CHECK(by_letter.size() == 32);
  for (const auto& [letter, counts] : by_letter) {
    const double share = counts[1] / (counts[0] + counts[1]);
    CHECK(share > 0.03);
    CHECK(share < 0.09);
  }
}

TEST_CASE("simulate: tiny worlds work, and options out of range are refused by name") {
  SimulateOptions tiny = small();
  tiny.accounts = 20;
  tiny.requests = 20;
  tiny.days = 2;
  tiny.hardness = 1;
  CHECK(Simulated(tiny).rings().size() == 20);
  SimulateOptions few = small();
  few.requests = 10;
  CHECK_THROWS_WITH_AS(simulate(few), doctest::Contains("--requests"), Error);
  SimulateOptions hard = small();
  hard.hardness = 2;
  CHECK_THROWS_WITH_AS(simulate(hard), doctest::Contains("--hardness"), Error);
  SimulateOptions kind = small();
  kind.kind_hardness["ofice"] = 0.5;
  CHECK_THROWS_WITH_AS(simulate(kind), doctest::Contains("'ofice'"), Error);
  SimulateOptions start = small();
  start.start = "yesterday";
  CHECK_THROWS_WITH_AS(simulate(start), doctest::Contains("--start"), Error);
}
