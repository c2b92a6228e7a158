// Attacks on a release: what can be joined back without the key, and what can be.
#include "engine/export/share/share.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/random.h"
#include "storage/sha256.h"
#include "tests/engine/log.h"

namespace ringscope {
namespace {

const std::string kKey(64, 'k');
const std::string kOther(64, 'q');

std::string share_log() {
  std::string text;
  Random random(9);
  for (int a = 0; a < 300; ++a) {
    for (int n = 0; n < 4; ++n)
      text += fmt::format(
          R"({{"ts":{},"account":"user-{}","ip":"203.0.{}.{}","payment":"card-{}","fingerprint":"device-{}"}})"
          "\n",
          1767225600 + 700 * a + 3600 * n, a, random.below(4), random.below(30), random.below(60), a / 3);
  }
  return text;
}

unsigned common_bits(const AddressBytes& a, const AddressBytes& b) {
  for (unsigned bit = 0; bit < 128; ++bit) {
    if (((a[bit / 8] ^ b[bit / 8]) >> (7 - bit % 8) & 1) != 0) return bit;
  }
  return 128;
}

std::string random_address(Random& random, bool v4) {
  if (v4) return fmt::format("{}.{}.{}.{}", 1 + random.below(223), random.below(4), random.below(3), random.below(256));
  return fmt::format("2001:db8:{:x}:{:x}::{:x}", random.below(3), random.below(3), 1 + random.below(65535));
}

TEST_CASE("pseudonyms: addresses share exactly as many bits as before, and none is another's") {
  ReleaseNames names(kKey, "r", AddressMode::prefix);
  Random random(4);
  for (const bool v4 : {true, false}) {
    std::map<std::string, std::string> given;
    std::vector<std::string> addresses;
    for (int i = 0; i < 120; ++i) addresses.push_back(random_address(random, v4));
    for (const std::string& one : addresses) given[one] = names.name("ip", one);
    for (const auto& [a, name_a] : given) {
      for (const auto& [b, name_b] : given)
        CHECK(common_bits(*address_bytes(a), *address_bytes(b)) ==
              common_bits(*address_bytes(name_a), *address_bytes(name_b)));
    }
  }
  ReleaseNames nets(kKey, "r", AddressMode::net);
  CHECK(nets.name("ip", "203.0.113.7") == nets.name("ip", "203.0.113.99"));
  CHECK(nets.name("ip", "203.0.113.7") != nets.name("ip", "203.0.114.7"));
  CHECK(nets.name("ip", "203.0.113.7").ends_with(".0/24"));
  CHECK(nets.name("ip", "2001:db8::1").ends_with("/48"));
  CHECK(ReleaseNames(kKey, "r", AddressMode::token).name("ip", "203.0.113.7").size() == 32);
  CHECK(names.name("ip", "no address").size() == 32);
  CHECK_THROWS_AS(ReleaseNames("short", "r", AddressMode::token), Error);
}

std::string unkeyed_sha256(const std::string& text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex().substr(0, 32);
}

TEST_CASE("share: a rainbow table over a /12 of addresses finds nothing without the key, and everything with it") {
  Log log(share_log());
  const ShareOptions options{.release = "r1", .addresses = AddressMode::token, .jitter = 0, .least = 1};
  const SharedGraph shared = share(build_graph(log.store(), {}), kKey, options);
  std::set<std::string> published;
  for (const GraphNode& node : shared.graph.nodes) {
    if (node.kind == "ip") published.insert(node.label);
  }
  REQUIRE(published.size() > 50);
  ReleaseNames owner(kKey, "r1", AddressMode::token), other_key(kOther, "r1", AddressMode::token),
      other_release(kKey, "r2", AddressMode::token), zeros(std::string(32, '\0'), "r1", AddressMode::token);
  std::size_t with_key = 0, tried = 0;
  std::map<std::string, std::size_t> found;
  for (std::uint32_t low = 0; low < 1U << 20; ++low) {
    const std::uint32_t address = (203U << 24) + low;  // 203.0.0.0/12
    const std::string text =
        fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
    found["xxh3"] += published.contains(fmt::format("{:032x}", hash_value(text)));
    found["sha256"] += published.contains(unkeyed_sha256(text));
    if (low % 16 != 0 && low > 1U << 12) continue;  // keyed hashes are dear; all addresses in use are below
    ++tried;
    found["other key"] += published.contains(other_key.name("ip", text));
    found["other release"] += published.contains(other_release.name("ip", text));
    found["zero key"] += published.contains(zeros.name("ip", text));
    with_key += published.contains(owner.name("ip", text));
  }
  for (const auto& [attack, count] : found) {
    CAPTURE(attack);
    CHECK(count == 0);
  }
  CHECK(with_key == published.size());  // the table would find them: the attack itself works
  MESSAGE("rainbow: 1,048,576 addresses by two plain hashes, ", tried, " by three keyed ones, 0 of ", published.size(),
          " found");
}

TEST_CASE("share: what is rare is left out, times move within the bound, no name is left") {
  Log log(share_log());
  log.rings();
  const ActivityGraph graph = build_graph(log.store(), {});
  const ShareOptions options{.release = "r1", .jitter = 600, .least = 4};
  const SharedGraph shared = share(graph, kKey, options);
  CHECK(shared.rare.at("fingerprint").things == 100);  // three accounts each
  std::map<std::uint32_t, std::set<std::uint32_t>> users;
  for (const GraphEdge& edge : shared.graph.edges) users[edge.thing].insert(edge.account);
  for (const auto& [thing, accounts] : users) CHECK(accounts.size() >= 4);
  // By the owner's key each edge is found again.
  ReleaseNames owner(kKey, "r1", AddressMode::prefix);
  std::map<std::pair<std::string, std::string>, const GraphEdge*> by_name;
  for (const GraphEdge& edge : shared.graph.edges)
    by_name[{shared.graph.nodes[edge.account].label, shared.graph.nodes[edge.thing].label}] = &edge;
  std::set<Seconds> shifts;
  std::size_t met = 0;
  for (const GraphEdge& edge : graph.edges) {
    const auto at = by_name.find({owner.name("account", graph.nodes[edge.account].label),
                                  owner.name(graph.nodes[edge.thing].kind, graph.nodes[edge.thing].label)});
    if (at == by_name.end()) continue;
    ++met;
    CHECK(std::abs(at->second->first - edge.first) <= 600);
    CHECK(at->second->first - edge.first == at->second->last - edge.last);
    CHECK(at->second->count == edge.count);
    shifts.insert(at->second->first - edge.first);
  }
  CHECK(met == shared.graph.edges.size());
  CHECK(shifts.size() > 100);
  CHECK(std::ranges::is_sorted(shared.graph.nodes.begin(),
                               shared.graph.nodes.begin() + static_cast<std::ptrdiff_t>(shared.graph.accounts), {},
                               &GraphNode::label));
}

// An attacker with the same log tells accounts apart by the numbers of accounts on their things.
std::string signature(const ActivityGraph& graph, std::uint32_t account) {
  std::vector<std::string> around;
  for (const GraphEdge& edge : graph.edges) {
    if (edge.account == account)
      around.push_back(fmt::format("{} {}", graph.nodes[edge.thing].kind, graph.nodes[edge.thing].degree));
  }
  std::ranges::sort(around);
  return fmt::format("{}", fmt::join(around, ";"));
}

TEST_CASE("share: degree-sequence matching finds what the risk report says, no more and no less") {
  Log log(share_log());
  const ActivityGraph graph = build_graph(log.store(), {});
  const SharedGraph shared = share(graph, kKey, {.release = "r1", .least = 4});
  // The attacker leaves out what is rare, as the release does, but knows the names.
  ActivityGraph known = graph;
  std::erase_if(known.edges, [&](const GraphEdge& edge) { return graph.nodes[edge.thing].degree < 4; });
  std::map<std::string, std::vector<std::string>> names;
  for (std::uint32_t a = 0; a < known.accounts; ++a) {
    const std::string one = signature(known, a);
    if (!one.empty()) names[one].push_back(known.nodes[a].label);
  }
  ReleaseNames owner(kKey, "r1", AddressMode::prefix);
  std::size_t certain = 0, right = 0;
  double expected = 0;
  for (std::uint32_t a = 0; a < shared.graph.accounts; ++a) {
    const std::vector<std::string>& candidates = names[signature(shared.graph, a)];
    REQUIRE(!candidates.empty());
    expected += 1 / static_cast<double>(candidates.size());
    if (candidates.size() > 1) continue;
    ++certain;
    right += owner.name("account", candidates.front()) == shared.graph.nodes[a].label;
  }
  CHECK(right == certain);
  const ShareRisk risk = measure_risk(shared.graph);
  const auto n = static_cast<double>(shared.graph.accounts);
  CHECK(risk.structure_unique_share == doctest::Approx(static_cast<double>(certain) / n));
  CHECK(risk.structure_marketer == doctest::Approx(expected / n));
  CHECK(risk.structure_unique_share > 0.5);  // pseudonyms do not hide a graph's shape, and the report must say so
  MESSAGE("degree sequences: ", certain, " of ", shared.graph.accounts, " accounts found by who has the log");
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Names of the log's things, accounts and rings that stand in the text, or the hashes that the store keys them by.
std::vector<std::string> names_in(const std::string& text, const ActivityGraph& graph) {
  std::vector<std::string> found;
  const auto look = [&](const std::string& name) {
    if (!name.empty() && text.find(name) != std::string::npos) found.push_back(name);
  };
  for (const GraphNode& node : graph.nodes) {
    look(node.label);
    look(node.ring);
    look(fmt::format("{:016x}", hash_value(node.label)));
    look(unkeyed_sha256(node.label));
  }
  return found;
}

// Accounts that are a ring beyond doubt.
std::string gang_log() {
  std::string text;
  Random random(3);
  for (int a = 0; a < 10; ++a) {
    for (int n = 0; n < 5; ++n)
      text += fmt::format(R"({{"ts":{},"account":"gang-{}","payment":"gang-card-{}","fingerprint":"gang-device-{}"}})"
                          "\n",
                          1767225600 + 3600 * n + a, a, random.below(2), random.below(2));
  }
  return text;
}

TEST_CASE("share: a release has its card with the right checksums, and no value of the log in any file") {
  Log log(share_log() + gang_log());
  REQUIRE(!log.rings().empty());
  const ActivityGraph graph = build_graph(log.store(), {});
  const std::string directory = log.write("release-marker", "") + "-dir";
  const auto files = write_release(graph, kKey, {.release = "r1", .least = 4}, {"0.1", "c", "d", "h"}, directory);
  CHECK(files.size() == 5);
  for (const SharedFile& file : files) {
    const std::string text = text_of(directory + "/" + file.name);
    CHECK(text.size() == file.bytes);
    CHECK(unkeyed_sha256(text) == file.sha256.substr(0, 32));
  }
  std::set<std::string> written;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    written.insert(entry.path().filename().string());
    const std::string text = text_of(entry.path().string());
    CAPTURE(entry.path().string());
    CHECK(names_in(text, graph) == std::vector<std::string>());
    CHECK(text.find(kKey) == std::string::npos);
  }
  CHECK(written == std::set<std::string>{"edges.csv", "accounts.csv", "risk.json", "README.md", "croissant.json"});
  // The search finds what is there: in the graph as it was, every name, rings among them.
  std::string plain;
  write_graph_graphml(graph, [&](std::string_view bytes) { plain.append(bytes); });
  CHECK(names_in(plain, graph).size() >= graph.nodes.size());
  CHECK(std::ranges::count_if(names_in(plain, graph), [](const std::string& name) { return name.starts_with("R-"); }) >
        0);
  const auto card = nlohmann::json::parse(text_of(directory + "/croissant.json"));
  CHECK(card.at("distribution").size() == 4);
  CHECK(card.at("distribution")[0].at("sha256") == files[0].sha256);
  Log again("");
  IngestProgress progress;
  const std::vector<std::string> edges{directory + "/edges.csv"};
  CHECK(ingest(again.store(), edges, {}, progress).rejected == 0);
  CHECK_THROWS_AS(write_release(graph, kKey, {.release = "r", .least = 100000}, {}, directory), Error);
  CHECK_THROWS_AS(write_release(graph, "k", {.release = "r"}, {}, directory), Error);
}

}  // namespace
}  // namespace ringscope
