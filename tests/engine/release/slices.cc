// Caps over a day, countries of the preview, and what exports give while the kill switch is on.
#include <algorithm>

#include <doctest/doctest.h>

#include "engine/export/export.h"
#include "engine/release/retract.h"
#include "engine/release/spared.h"
#include "tests/engine/load/mmdb_writer.h"
#include "tests/engine/release/campus.h"

using namespace ringscope;

TEST_CASE("release: caps over 24 hours stop what comes in slices, until a day has passed or two persons override") {
  Campus campus;
  Config config = one_person();
  config.guards.most_accounts = 14;
  campus.detect(0, 10);
  CHECK(campus.told(by("ann"), config) == "released");
  campus.detect(0, 20);
  CHECK(campus.told(by("ann"), config) == "released");
  campus.detect(0, 30);
  const std::uint64_t events = campus.store().last_event();
  CHECK(has(campus.told(by("ann"), config),
            "daily_accounts: 10 accounts would be banned, 30 with those of the 24 hours before, and "
            "guards.daily_multiple allows 2 times guards.most_accounts, 14"));
  CHECK(campus.store().last_event() == events);
  config.guards.most_accounts = 1000;
  config.guards.most_share = 0.0125;
  CHECK(has(campus.told(by("ann"), config),
            "daily_share: 10 accounts would be banned, with those of the 24 hours before 30 of 1000 (3.00%), and "
            "guards.daily_multiple allows 2 times guards.most_share, 1.25%"));
  ReleaseRequest tomorrow = by("ann");
  tomorrow.now = kNow + kSecondsPerDay - 1;
  CHECK_THROWS_AS(release(campus.store(), config, tomorrow), Error);
  CHECK(campus.told(overridden_by("ann"), config) == "proposed");
  tomorrow.now = kNow + kSecondsPerDay;
  CHECK(release(campus.store(), config, tomorrow).state == ReleaseState::released);
  CHECK(campus.banned() == 30);
}

TEST_CASE("release: a daily multiple of nothing is no cap") {
  Campus campus;
  Config config = one_person();
  config.guards.most_accounts = 10;
  config.guards.daily_multiple = 0;
  for (int step = 1; step <= 4; ++step) {
    campus.detect(0, 10 * step);
    CHECK(campus.told(by("ann"), config) == "released");
  }
}

TEST_CASE("release: the preview counts countries, of a MaxMind DB or of a table of ranges, if one tells them") {
  Campus campus;
  campus.detect(0, 4);
  Config config = one_person();
  const auto countries = [&] {
    return plan_release(campus.store(), config, read_journal(campus.store()), kNow).countries;
  };
  REQUIRE(countries().size() == 1);
  CHECK(countries()[0].name == "unknown");
  const auto tells = [&](const std::string& name, const std::string& file) {
    config.detect.asn_table = campus.write(name, file);
    const auto found = countries();
    REQUIRE(found.size() == 1);
    CHECK(found[0].accounts == 4);
    return found[0].name;
  };
  MmdbWriter ipinfo, geolite;
  ipinfo.add("192.0.2.0/24", {{"country", "NL"}, {"asn", "AS64500"}});
  CHECK(tells("ipinfo.mmdb", ipinfo.file()) == "NL");
  geolite.add("192.0.2.0/24", {{"country", MmdbWriter::Map{{"iso_code", "SE"}, {"name", "Sweden"}}}});
  CHECK(tells("geolite.mmdb", geolite.file()) == "SE");
  CHECK(tells("iptoasn.tsv", "192.0.2.0\t192.0.2.255\t64500\tFR\tPOOL\n") == "FR");
  CHECK(tells("asn.csv", "192.0.2.0/24,64500,BT\n") == "unknown");  // what follows there is a name
  config.detect.asn_table = campus.write("both.mmdb", ipinfo.file());
  const ReleasePlan plan = plan_release(campus.store(), config, read_journal(campus.store()), kNow);
  CHECK(plan.countries.front().name == "NL");
  CHECK(plan.systems.front().name == "AS64500");
  CHECK(has(plan_to_json(plan, campus.store(), 1), R"("by_country":[{"name":"NL","accounts":4,"share":1.0}])"));
}

TEST_CASE(
    "exports: while the kill switch is on consoles are told no ban and every unban, and nobody is listed at ban") {
  Campus campus;
  campus.detect(0, 3);
  CHECK(campus.told(by("ann"), one_person()) == "released");
  const auto written = [&](const char* level, const char* format, ExportFilter filter) {
    std::string text;
    export_run(campus.store(), find_export_format(level, format), filter,
               ExportSink([&](std::string_view bytes) { text += bytes; }));
    return text;
  };
  const std::string before = written("actions", "osprey", {});
  CHECK(std::ranges::count(before, '\n') == 3);
  halt(campus.store(), {"dan", "odd numbers", kNow});
  retract(campus.store(), {"u1", false, "cy", "appeal 1", kNow});
  for (const char* format : {"osprey", "coop"}) {
    CHECK_THROWS_WITH_AS(written("actions", format, {}), doctest::Contains("odd numbers"), Error);
    std::uint64_t held_back = 0;
    ExportFilter filter;
    filter.held_back = &held_back;
    const std::string text = written("actions", format, filter);
    CHECK(held_back == 3);
    CHECK(std::ranges::count(text, '\n') == 1);
    CHECK(has(text, "\"removed\""));
    CHECK(!has(text, "\"added\""));
  }
  CHECK(std::ranges::count(written("actions", "jsonl", {}), '\n') == 5);  // the feed says that it is halted
  ExportFilter at_ban{{Tier::ban}};
  CHECK_THROWS_WITH_AS(written("accounts", "csv", at_ban), doctest::Contains("--report"), Error);
  CHECK_THROWS_AS(written("shares", "jsonl", at_ban), Error);
  at_ban.report = true;
  CHECK(std::ranges::count(written("accounts", "csv", at_ban), '\n') == 3);
  CHECK(!written("accounts", "csv", {{Tier::review, Tier::watch}}).empty());
  resume(campus.store(), {"dan", "was nothing", kNow});
  CHECK(written("actions", "osprey", {}).starts_with(before));
}

TEST_CASE("exports: a list of accounts says whom the allow-list spares") {
  Campus campus;
  campus.detect(0, 2);
  allow(campus.store(), {"ann", "our own test account", kNow}, "u1", "team-a", kNow + 100);
  const auto listed = [&](Seconds now) {
    const SparedNow spared(campus.store(), "", now);
    ExportFilter filter;
    filter.spared = &spared.spared();
    std::string text;
    export_run(campus.store(), find_export_format("accounts", "csv"), filter,
               ExportSink([&](std::string_view bytes) { text += bytes; }));
    return text;
  };
  CHECK(has(listed(kNow),
            "u1,R-00000001,0.999,ban,0,\"account u1 is spared until 2027-01-15T08:01:40Z: our own test "
            "account (owner team-a, entry 1)\"\n"));
  CHECK(has(listed(kNow), "u0,R-00000001,0.999,ban,0,\n"));
  CHECK(!has(listed(kNow + 100), "spared"));
}
