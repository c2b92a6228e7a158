#include "engine/detect/attribute/attribute.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/random.h"
#include "engine/detect/attribute/attribution_odds.h"
#include "engine/detect/attribute/indicator_kinds.h"
#include "engine/detect/attribute/indicator_users.h"
#include "engine/detect/detect.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/ledger/indicators.h"
#include "engine/load/address_lists.h"
#include "engine/load/snapshot.h"
#include "tests/engine/lab/simulated.h"
#include "tests/engine/log.h"

using namespace ringscope;

namespace {

IndicatorUse use(std::vector<Vertex> members, std::uint32_t population, std::uint32_t kind = 0) {
  return {.kind = kind, .population = population, .members = std::move(members), .most = 1000, .campaigns = 1};
}

// The store shall know these indicators (kind, value) of a campaign.
void know(Store& store, const std::string& campaign,
          const std::vector<std::pair<std::string, std::string>>& indicators) {
  std::vector<StoredIndicator> all;
  for (const auto& [kind, value] : indicators) {
    const CleanIndicator clean = clean_indicator(kind, value);
    REQUIRE(clean.fault.empty());
    all.push_back({campaign, clean.kind, clean.value});
  }
  store.add_indicators(all);
}

// Two tenants on one pool of addresses: a-0 … a-19 and b-0 … b-19 with cards of their own (two a tenant) and
// capabilities of their own; 600 honest accounts, all of whom also use one carrier's address.
std::string two_tenants() {
  std::string text;
  const auto line = [&](const std::string& account, int i, const std::string& ip, const std::string& card,
                        const std::string& capability, int hour) {
    text += fmt::format(
        R"({{"ts":{},"account":"{}","ip":"{}","payment":"{}","fingerprint":"fp-{}","email":"{}@{}","capability":"{}","template":"t-{}","tokens":10}})"
        "\n",
        1767225600 + i % 20 * 86400 + hour * 3600, account, ip, card, account, account,
        account.starts_with("user") ? "mail.example" : "drop.example", capability,
        account.starts_with("user") ? account : capability);
  };
  for (int i = 0; i < 20; ++i) {
    for (int e = 0; e < 8; ++e) {
      const std::string pool = fmt::format("203.0.113.{}", (i * 3 + e) % 10);
      line(fmt::format("a-{}", i), i + e, pool, fmt::format("411111-a{}", i % 2), "coding", 2);
      line(fmt::format("b-{}", i), i + e, pool, fmt::format("522222-b{}", i % 2), "agentic_reasoning", 3);
    }
    for (const char* tenant : {"a", "b"}) line(fmt::format("{}-{}", tenant, i), i, "100.64.0.1", "", "coding", 2);
  }
  for (int i = 0; i < 600; ++i) {
    line(fmt::format("user-{}", i), i, fmt::format("198.51.{}.{}", i / 200, i % 200), fmt::format("433333-{}", i),
         "chat", i % 24);
    line(fmt::format("user-{}", i), i, "100.64.0.1", fmt::format("433333-{}", i), "chat", i % 24);
  }
  return text;
}

// The ring of the tenants; the whole pool is one.
const Ring& pool_of(const std::vector<Ring>& rings) {
  const auto largest = std::ranges::max_element(rings, {}, [](const Ring& ring) { return ring.members.size(); });
  REQUIRE(largest != rings.end());
  REQUIRE(largest->members.size() == 40);
  return *largest;
}

}  // namespace

TEST_CASE("attribution: the Bayes factor is the mean over the share that the ring has of the campaign") {
  // One private indicator of a ring of 10 in 1000: weight 100, mean of 1 + 99 w = 50.5.
  const std::vector<IndicatorUse> one = {use({1}, 1)};
  CHECK(weigh_campaign(one, 0, 10, 1000).log_factor == doctest::Approx(std::log(50.5)).epsilon(1e-4));
  // With one miss: integral of (1 + 99 w)(1 - w) = 1/2 + 99/6.
  CHECK(weigh_campaign(one, 1, 10, 1000).log_factor == doctest::Approx(std::log(0.5 + 99.0 / 6)).epsilon(1e-4));
  // Two, with members of their own: integral of (1 + 99 w)^2 = (100^3 - 1) / (3 * 99).
  const std::vector<IndicatorUse> two = {use({1}, 1), use({2}, 1)};
  const CampaignEvidence both = weigh_campaign(two, 0, 10, 1000);
  CHECK(both.log_factor == doctest::Approx(std::log((1e6 - 1) / 297)).epsilon(1e-4));
  CHECK(both.counted == 2);
}

TEST_CASE("attribution: what one account shows is one fact, however many indicators it is") {
  const std::vector<IndicatorUse> same = {use({7}, 1), use({7}, 1, 1), use({7}, 1, 2)};
  const std::vector<IndicatorUse> one = {use({7}, 1)};
  const CampaignEvidence evidence = weigh_campaign(same, 0, 10, 1000);
  CHECK(evidence.counted == 1);
  CHECK(evidence.log_factor == doctest::Approx(weigh_campaign(one, 0, 10, 1000).log_factor));
  // The matching finds that {7, 8} can leave 7 to the one that has nobody else.
  const std::vector<IndicatorUse> apart = {use({7, 8}, 2), use({7}, 1)};
  CHECK(weigh_campaign(apart, 0, 10, 1000).counted == 2);
}

TEST_CASE("attribution: things that strangers share carry little, and a thousand of them no more") {
  std::vector<IndicatorUse> exits;
  for (Vertex v = 0; v < 50; ++v) exits.push_back(use({v, v + 1, v + 2}, 300));
  const CampaignEvidence evidence = weigh_campaign(exits, 0, 100, 10'000);
  CHECK(evidence.counted <= 1);
  CHECK(evidence.log_factor < std::log(2));
  // A hub that the ring touches as everybody does says nothing at all.
  const std::vector<IndicatorUse> hub = {use({1, 2, 3, 4, 5}, 500)};
  CHECK(weigh_campaign(hub, 0, 10, 1000).log_factor == doctest::Approx(0).epsilon(1e-3));
}

TEST_CASE("attribution: an indicator that several campaigns list is worth the less to each") {
  std::vector<IndicatorUse> hit = {use({1}, 1)};
  const double alone = weigh_campaign(hit, 0, 10, 1000).log_factor;
  hit[0].campaigns = 10;
  CHECK(weigh_campaign(hit, 0, 10, 1000).log_factor < alone - 2);
}

TEST_CASE("attribution: more rings and more campaigns ask for more evidence") {
  CHECK(campaign_prior(1, 10, 10) == doctest::Approx(0.5));
  CHECK(campaign_prior(1, 10, 1000) == doctest::Approx(0.005));
  CHECK(campaign_prior(1000, 10, 10) == doctest::Approx(0.0005));
  CHECK(campaign_confidence(0.5, 0) == doctest::Approx(0.5));
  CHECK(campaign_confidence(0.005, std::log(199)) == doctest::Approx(0.5));
  CHECK(campaign_confidence(1e-6, 500) == doctest::Approx(1));
}

TEST_CASE("attribution: of foreign campaigns whose indicators hit random accounts, next to none is named") {
  // 4,000 campaigns of 5 private indicators of random accounts, against 20 rings of 20 in 4000: about 20 pairs have two
  // indicators in one ring.
  constexpr std::uint64_t kCampaigns = 4000;
  std::uint64_t double_hits = 0, named_of_few = 0, named_of_all = 0;
  for (std::uint64_t c = 0; c < kCampaigns; ++c) {
    Random random(11, c);
    std::map<std::uint64_t, std::vector<IndicatorUse>> hits;
    for (int i = 0; i < 5; ++i) {
      const std::uint64_t account = random.below(4000);
      if (account < 400) hits[account / 20].push_back(use({static_cast<Vertex>(account)}, 1));
    }
    for (const auto& [ring, of_ring] : hits) {
      const CampaignEvidence evidence = weigh_campaign(of_ring, 5 - of_ring.size(), 20, 4000);
      const auto is_named = [&](std::size_t campaigns) {
        return evidence.counted >= kNamedFacts &&
               campaign_confidence(campaign_prior(campaigns, 20, 400), evidence.log_factor) >= kNamedConfidence;
      };
      double_hits += evidence.counted >= 2 ? 1 : 0;
      named_of_few += is_named(20) ? 1 : 0;
      named_of_all += is_named(kCampaigns) ? 1 : 0;
    }
  }
  CHECK(double_hits >= 10);
  CHECK(named_of_few <= kCampaigns / 100);  // as if each 20 of them were all that is known
  CHECK(named_of_all <= 1);                 // when all of them are tested at once
}

TEST_CASE("attribution: networks, issuers, domains, prompts and accounts are met in the log") {
  Log log(two_tenants());
  const Snapshot snapshot = load(log.store(), {});
  const std::vector<char> all(snapshot.accounts.size(), 1);
  const Scratch scratch("asn");
  AddressTable systems;
  const auto population = [&](const std::string& kind, const std::string& value) {
    const CleanIndicator clean = clean_indicator(kind, value);
    REQUIRE(clean.fault.empty());
    const std::vector<IndicatorName> names = {{clean.kind, clean.value}};
    const auto users = find_indicator_users(log.store(), snapshot, names, all, &systems, 1);
    CHECK(users.at(0).interesting.size() == users.at(0).population);
    return users.at(0).population;
  };
  CHECK(population("cidr", "203.0.113.0/24") == 40);
  CHECK(population("ip", "::ffff:203.0.113.0/120") == 40);
  CHECK(population("cidr", "0.0.0.0/0") == 640);
  CHECK(population("cidr", "198.51.0.0/24") == 200);
  CHECK(population("cidr", "2001:db8::/32") == 0);
  CHECK(population("ip", "100.64.0.1") == 640);
  CHECK(population("issuer", "411111") == 20);
  CHECK(population("bin", "43333300") == 0);
  CHECK(population("payment", "411111-a0") == 10);
  CHECK(population("domain", "Drop.Example.") == 40);
  CHECK(population("email", "A-3@drop.example") == 1);
  CHECK(population("template", "t-agentic_reasoning") == 20);
  CHECK(population("account", "b-7") == 1);
  CHECK(population("wallet", "0xabc") == 0);
  CHECK(population("asn", "AS64500") == 0);
  systems = read_asn_table(
      scratch.write("asn.csv",
                    "network,autonomous_system_number,autonomous_system_organization\n"
                    "203.0.113.0/29,64500,\"Pool, Inc.\"\n# and\n203.0.113.8/31,64500\n198.51.0.0/24,64501\n"));
  CHECK(population("asn", "AS64500") == 40);
  CHECK(population("asn", "64501") == 200);
  CHECK(population("asn", "64502") == 0);
}

TEST_CASE("attribution: two campaigns on one pool are one ring that lists both, and members by their own hits") {
  Log log(two_tenants());
  know(log.store(), "alpha", {{"payment", "411111-a0"}, {"payment", "411111-a1"}});
  know(log.store(), "beta",
       {{"payment", "522222-b0"}, {"payment", "522222-b1"}, {"ip", "203.0.113.1"}, {"asn", "64500"}});
  const std::vector<Ring> rings = log.rings();
  const Ring& pool = pool_of(rings);
  REQUIRE(pool.campaigns.size() == 2);
  CHECK(pool.campaign == pool.campaigns[0].campaign);
  CHECK(pool.confidence == pool.campaigns[0].confidence);
  for (const CampaignMatch& match : pool.campaigns) {
    CHECK(match.confidence >= kNamedConfidence);
    CHECK(match.accounts == 20);
    CHECK(match.requests > 100);
    CHECK(match.capabilities.at(0).first == (match.campaign == "alpha" ? "coding" : "agentic_reasoning"));
    CHECK(std::ranges::count(match.indicators, "payment", &MatchedIndicator::kind) == 2);
    for (const MatchedIndicator& one : match.indicators) {
      CHECK(one.accounts == one.members.size());
      if (one.kind == "payment") CHECK(one.members.size() == 10);
    }
  }
  for (const Member& member : pool.members) {
    CHECK(member.campaign == (member.name.starts_with("a-") ? "alpha" : "beta"));
    CHECK(std::ranges::any_of(member.reasons, [&](const std::string& reason) {
      return reason.find("of campaign " + member.campaign) != std::string::npos;
    }));
  }
  const Ring again = ring_from_json(ring_to_json(pool));
  CHECK(ring_to_json(again) == ring_to_json(pool));
  CHECK(pool.members.front().reasons.back().find("touches ") == 0);
  CHECK(again.campaigns.at(1).indicators.at(0).members == pool.campaigns[1].indicators[0].members);
}

TEST_CASE("attribution: shared infrastructure, hours and strangers' things attribute nothing") {
  Log log(two_tenants());
  know(log.store(), "carrier",
       {{"ip", "100.64.0.1"}, {"cidr", "0.0.0.0/0"}, {"cidr", "100.64.0.0/10"}, {"asn", "64500"}});
  know(log.store(), "clock", {{"active_hours", "1-9"}, {"time_zone", "+08:00"}});
  know(log.store(), "others",
       {{"ip", "198.51.0.7"}, {"payment", "433333-9"}, {"ip", "192.0.2.1"}, {"email", "x@y.example"}});
  for (const Ring& ring : log.rings()) {
    CHECK(ring.campaign.empty());
    CHECK(ring.campaigns.empty());
  }
}

TEST_CASE("attribution: hours that fit raise a campaign's confidence a little, hours that do not lower it") {
  const auto confidence = [](const std::vector<std::pair<std::string, std::string>>& more) {
    Log log(two_tenants());
    std::vector<std::pair<std::string, std::string>> indicators = {{"payment", "411111-a0"}};
    indicators.insert(indicators.end(), more.begin(), more.end());
    know(log.store(), "alpha", indicators);
    const std::vector<Ring> rings = log.rings();
    const Ring& pool = pool_of(rings);
    CHECK(pool.campaign.empty());  // one fact names nobody
    return pool.campaigns.empty() ? 0.0 : pool.campaigns[0].confidence;
  };
  const double plain = confidence({});
  CHECK(plain >= kListedConfidence);
  CHECK(confidence({{"active_hours", "1-9"}}) > plain);
  CHECK(confidence({{"active_hours", "12-20"}}) < plain);
  CHECK(confidence({{"active_hours", "1-9"}}) < 0.99);
}

TEST_CASE("attribution: rings, scores and tiers are the same with and without indicators, at any number of threads") {
  Log log(two_tenants());
  const std::vector<Ring> before = log.rings();
  know(log.store(), "alpha", {{"payment", "411111-a0"}, {"payment", "411111-a1"}});
  std::string first;
  for (const unsigned threads : {1U, 3U}) {
    Config config;
    config.threads = threads;
    DetectProgress progress;
    std::vector<Ring> rings = detect(log.store(), config, progress).rings;
    REQUIRE(rings.size() == before.size());
    std::string text;
    for (std::size_t r = 0; r < rings.size(); ++r) {
      CHECK(rings[r].id == before[r].id);
      CHECK(rings[r].score == before[r].score);
      CHECK(rings[r].tier == before[r].tier);
      rings[r].run = 0;
      text += ring_to_json(rings[r]);
    }
    if (first.empty()) first = text;
    CHECK(text == first);
  }
}

TEST_CASE(
    "attribution: in simulated worlds every ring with indicators gets its campaign, and another world's give none") {
  struct World {
    std::unique_ptr<Log> log;
    std::map<std::string, std::string> ring_of;
    std::string indicators;
  };
  std::vector<World> worlds;
  for (const std::uint64_t seed : {3U, 4U}) {
    SimulateOptions options;
    options.seed = seed;
    options.accounts = 12'000;
    options.requests = 240'000;
    options.ring_share = 0.15;
    const Scratch scratch("attribute-world");
    options.out = scratch.path("world");
    simulate(options);
    World world;
    world.log = std::make_unique<Log>(read_text(scratch.path("world/events.jsonl")));
    world.indicators = read_text(scratch.path("world/indicators.json"));
    const std::string truth = read_text(scratch.path("world/truth.csv"));
    for (const std::string_view line : lines_of(truth)) {
      const auto fields = split(line, ',');
      world.ring_of[std::string(fields[0])] = fields[1];
    }
    worlds.push_back(std::move(world));
  }
  for (std::size_t w = 0; w < worlds.size(); ++w) {
    Store& store = worlds[w].log->store();
    const IndicatorReading foreign = parse_indicators(worlds[1 - w].indicators, "foreign", "");
    store.add_indicators(foreign.indicators);
    for (const Ring& ring : worlds[w].log->rings()) CHECK(ring.campaigns.empty());
    for (const StoredIndicator& one : foreign.indicators) store.remove_indicators(one.campaign);
    const IndicatorReading own = parse_indicators(worlds[w].indicators, "own", "");
    CHECK(own.rejects.empty());
    store.add_indicators(own.indicators);
    std::set<std::string> expected, found;
    for (const StoredIndicator& one : own.indicators) expected.insert(one.campaign);
    REQUIRE(!expected.empty());
    for (const Ring& ring : worlds[w].log->rings()) {
      std::map<std::string, std::size_t> members;
      for (const Member& member : ring.members) ++members[worlds[w].ring_of.at(member.name)];
      for (const CampaignMatch& match : ring.campaigns) CHECK(members.contains(match.campaign));
      if (ring.campaign.empty()) continue;
      CHECK(2 * members[ring.campaign] > ring.members.size());
      found.insert(ring.campaign);
    }
    CHECK(found == expected);
  }
}
