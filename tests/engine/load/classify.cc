#include "engine/load/classify.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "tests/engine/log.h"

using namespace ringscope;

namespace {

std::string event(const std::string& account, const std::string& ip, const std::string& email, int minute) {
  return fmt::format(R"({{"ts":{},"account":"{}","ip":"{}","email":"{}"}})"
                     "\n",
                     1767225600 + 60 * minute, account, ip, email);
}

// Twelve accounts that share the addresses 192.0.2.1 to 192.0.2.3 and nothing else, among 600 with an address each.
std::string users_of_three_exits() {
  std::string text;
  for (int i = 0; i < 600; ++i)
    text += event(fmt::format("user-{}", i), fmt::format("100.{}.{}.7", i / 200, i % 200),
                  fmt::format("u{}@m.example", i), i);
  for (int i = 0; i < 12; ++i) {
    for (int exit = 1; exit <= 3; ++exit)
      text += event(fmt::format("exit-{}", i), fmt::format("192.0.2.{}", exit), fmt::format("e{}@x.throw.example", i),
                    i + exit);
  }
  return text;
}

bool ties_exits(const std::vector<Ring>& rings) {
  return std::ranges::any_of(rings, [](const Ring& ring) { return ring.members.front().name.starts_with("exit-"); });
}

}  // namespace

TEST_CASE("operator's lists: classes of addresses and mails, and how many accounts touch them") {
  Log log(users_of_three_exits());
  FacetConfig config;
  config.vpn_exits = {log.write("vpn.txt", "192.0.2.0/31\n")};
  config.tor_exits = {log.write("tor.txt", "192.0.2.1\n")};
  config.data_centres = {log.write("dc.txt", "192.0.2.0/24\nAS64500\n")};
  config.disposable_mail = {log.write("mail.txt", "# known\nThrow.example\n")};
  const std::string systems = log.write("asn.csv", "100.1.0.0/16,64500\n");
  const OperatorLists lists(config, systems);
  CHECK(lists.class_of_address("192.0.2.1") == EntityClass::tor);
  CHECK(lists.class_of_address("192.0.2.0") == EntityClass::vpn);
  CHECK(lists.class_of_address("192.0.2.2") == EntityClass::data_centre);
  CHECK(lists.class_of_address("100.1.3.4") == EntityClass::data_centre);
  CHECK(lists.class_of_address("100.2.3.4") == EntityClass::none);
  CHECK(lists.class_of_address("not an address") == EntityClass::none);
  CHECK(lists.class_of_domain("throw.example") == EntityClass::disposable_mail);
  CHECK(lists.class_of_domain("x.throw.example") == EntityClass::disposable_mail);
  CHECK(lists.class_of_domain("row.example") == EntityClass::none);

  const Snapshot snapshot = load(log.store(), {.window = *log.store().day_range()});
  const EntityClasses classes = classify(log.store(), snapshot, lists);
  const auto share = [&](EntityClass one) { return classes.share[static_cast<std::size_t>(one)]; };
  CHECK(share(EntityClass::tor) == doctest::Approx(12.0 / 612));
  CHECK(share(EntityClass::vpn) == 0);
  CHECK(share(EntityClass::data_centre) == doctest::Approx(212.0 / 612));
  CHECK(share(EntityClass::disposable_mail) == doctest::Approx(12.0 / 612));
  CHECK(classify(log.store(), snapshot, {}).of.empty());
}

TEST_CASE("operator's lists: an exit of a VPN ties nobody, and the ring says how many are on a list") {
  Log log(users_of_three_exits());
  REQUIRE(ties_exits(log.rings()));
  Config config;
  config.facets.data_centres = {log.write("dc.txt", "192.0.2.0/24\n")};
  const std::vector<Ring> listed = log.rings(config);
  REQUIRE(ties_exits(listed));
  REQUIRE(listed.front().behavior.listed.size() == 1);
  CHECK(listed.front().behavior.listed.front().list == "data_centre");
  CHECK(listed.front().behavior.listed.front().share == 1);
  CHECK(listed.front().behavior.listed.front().population == doctest::Approx(12.0 / 612));
  config.facets.vpn_exits = {log.write("vpn.txt", "192.0.2.1,192.0.2.3\n")};
  CHECK(!ties_exits(log.rings(config)));
}

TEST_CASE("operator's lists: what is wrong is named with file, line and field") {
  Log log(users_of_three_exits());
  const auto complaint = [&](const FacetConfig& config) -> std::string {
    try {
      const OperatorLists lists(config, "");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  FacetConfig mail;
  mail.disposable_mail = {log.write("mail.txt", "throw.example\nsomebody@mail.example\n")};
  CHECK(complaint(mail).find("line 2 of the list of mail domains: field 1") != std::string::npos);
  CHECK(complaint(mail).find("mail.txt:2") != std::string::npos);
  FacetConfig systems;
  systems.data_centres = {log.write("dc.txt", "AS64500\n")};
  CHECK(complaint(systems).find("detect.asn_table") != std::string::npos);
  FacetConfig nowhere;
  nowhere.tor_exits = {"/nowhere/tor.txt"};
  CHECK(complaint(nowhere).find("/nowhere/tor.txt") != std::string::npos);
}
