#include "engine/export/graph/graph.h"

#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "tests/engine/export/graph_for_tests.h"
#include "tests/engine/log.h"

namespace ringscope {
namespace {

using namespace test;

struct Pair {
  const char *written, *read;
  bool times;
};
constexpr Pair kPairs[] = {
#ifdef RINGSCOPE_HAS_PARQUET
    {"parquet", "parquet", true}, {"arrow", "arrow", true},
#endif
    {"graphml", "graphml", true}, {"gexf", "gexf", true},   {"edges", "edgelist", true}, {"mtx", "mtx", false}};

TEST_CASE("graph: what is written in each format is read back equal, and becomes an equal store") {
  Log log(graph_log());
  log.rings();
  const ActivityGraph graph = build_graph(log.store(), {});
  CHECK(graph.accounts == 78);
  for (const Pair& pair : kPairs) {
    CAPTURE(pair.written);
    const std::string path = log.write(fmt::format("graph.{}", pair.written), "");
    write_graph(graph, find_graph_format(pair.written), path);
    CHECK(rows_of(read_graph_file(path, {.format = pair.read})) == rows_of(graph, pair.times));

    Log other("");
    IngestProgress progress;
    const std::vector<std::string> files{path};
    const IngestReport report = ingest_graphs(other.store(), files, {.format = pair.read}, {}, progress);
    CHECK(report.rejected == 0);
    CHECK(report.sources.at(0).label == path);
    CHECK(rows_of(build_graph(other.store(), {}), pair.times) == rows_of(graph, pair.times));
    IngestProgress again;
    CHECK(ingest_graphs(other.store(), files, {.format = pair.read}, {}, again).sources.at(0).already_known);
  }
}

TEST_CASE("graph: the same rows give the same bytes, and a compressed file is read") {
  Log log(graph_log()), same(graph_log());
  for (const GraphFormat& format : graph_formats()) {
    if (format.name == "parquet" || format.name == "arrow") continue;
    std::string one, other;
    format.parts[0].write(build_graph(log.store(), {}), [&](std::string_view bytes) { one.append(bytes); });
    format.parts[0].write(build_graph(same.store(), {}), [&](std::string_view bytes) { other.append(bytes); });
    CHECK(one == other);
    CHECK(!one.empty());
  }
  const std::string path = log.write("graph.graphml.gz", "");
  const ActivityGraph graph = build_graph(log.store(), {});
  write_graph(graph, find_graph_format("graphml"), path);
  CHECK(rows_of(read_graph_file(path, {.format = "graphml"})) == rows_of(graph, true));
}

TEST_CASE("graph: of a ring its members and what they share; around an account what lies within so many steps") {
  Log log(graph_log());
  const std::vector<Ring> rings = log.rings();
  REQUIRE(rings.size() == 2);
  const ActivityGraph ring = build_graph(log.store(), {.ring = rings[0].id});
  CHECK(ring.accounts == rings[0].members.size());
  for (const GraphNode& node : ring.nodes) {
    if (!node.account) CHECK(node.degree >= 2);
    if (node.account) CHECK(node.ring == rings[0].id);
  }
  const auto accounts = [&](const std::string& account, unsigned depth) {
    std::set<std::string> names;
    const ActivityGraph graph = build_graph(log.store(), {.account = account, .depth = depth});
    for (const GraphNode& node : graph.nodes) {
      if (node.account) names.insert(node.label);
    }
    return names;
  };
  CHECK(accounts("user4", 1) == std::set<std::string>{"user4"});
  CHECK(accounts("user4", 2) == std::set<std::string>{"user4", "user5"});
  CHECK(accounts("user2", 2) == std::set<std::string>{"user2", "user3", "über=1"});
  CHECK(accounts("user1", 2) == std::set<std::string>{"user0", "user1", "über=1"});
  CHECK(accounts("user1", 4) == std::set<std::string>{"user0", "user1", "user2", "user3", "über=1"});
  CHECK(build_graph(log.store(), {.account = "user4", .depth = 2, .hub_accounts = 1}).accounts == 1);
  CHECK_THROWS_AS(build_graph(log.store(), {.ring = rings[0].id, .account = "user4"}), Error);
  CHECK_THROWS_AS(build_graph(log.store(), {.account = "nobody"}), Error);
}

// By the graph of the whole window: what a walk of so many steps that enters hubs and does not leave them sees.
std::set<std::string> walked(const ActivityGraph& whole, const std::string& account, unsigned depth,
                             std::uint32_t hub_accounts) {
  std::set<std::uint32_t> seen;
  for (std::uint32_t v = 0; v < whole.accounts; ++v) {
    if (whole.nodes[v].label == account) seen.insert(v);
  }
  for (unsigned step = 1; step <= depth; ++step) {
    std::set<std::uint32_t> next = seen;
    for (const GraphEdge& edge : whole.edges) {
      if (step % 2 == 1 && seen.contains(edge.account)) next.insert(edge.thing);
      if (step % 2 == 0 && seen.contains(edge.thing) && whole.nodes[edge.thing].degree <= hub_accounts)
        next.insert(edge.account);
    }
    seen = std::move(next);
  }
  std::set<std::string> ids;
  for (const std::uint32_t v : seen) ids.insert(whole.nodes[v].id);
  return ids;
}

TEST_CASE("graph: what lies around an account is what a walk over the whole graph sees, rings included") {
  std::string text;
  Random random(11);
  for (int n = 0; n < 400; ++n)
    text += fmt::format(R"({{"ts":{},"account":"user{}","payment":"card{}","ip":"203.0.113.{}"}})"
                        "\n",
                        1767225600 + 40000 * static_cast<int>(random.below(20)), random.below(80), random.below(60),
                        random.below(25));
  Log log(graph_log() + text);
  log.rings();
  const DayWindow window{day_of(1767225600) + 2, day_of(1767225600) + 7};
  for (const DayWindow& days : {DayWindow{}, window}) {
    const ActivityGraph whole = build_graph(log.store(), {.window = days});
    std::map<std::string, GraphNode> nodes;
    for (const GraphNode& node : whole.nodes) nodes.emplace(node.id, node);
    for (const std::uint32_t hub : {4U, 9U, 1000U}) {
      for (unsigned depth = 1; depth <= 6; ++depth) {
        CAPTURE(depth);
        const ActivityGraph part =
            build_graph(log.store(), {.account = "user7", .depth = depth, .hub_accounts = hub, .window = days});
        std::set<std::string> ids;
        for (const GraphNode& node : part.nodes) {
          ids.insert(node.id);
          CHECK(node.ring == nodes.at(node.id).ring);
          CHECK(node.score == nodes.at(node.id).score);
        }
        CHECK(ids == walked(whole, "user7", depth, hub));
      }
    }
  }
}

TEST_CASE("graph: GEXF has the days of each edge as spells, and places that differ") {
  Log log(graph_log());
  const ActivityGraph graph = build_graph(log.store(), {.account = "ring0-0"});
  std::string text;
  write_graph_gexf(graph, [&](std::string_view bytes) { text.append(bytes); });
  CHECK(text.find("<spell start=\"2026-01-01\" end=\"2026-01-01\"/>") != std::string::npos);
  std::set<std::pair<double, double>> places;
  for (const GraphNode& node : graph.nodes) places.emplace(node.x, node.y);
  CHECK(places.size() == graph.nodes.size());
}

TEST_CASE("graph files: plain edge lists, with and without a header, of things and of accounts") {
  Log log("");
  const auto read = [&](const std::string& text, GraphFileOptions options) {
    options.format = "edgelist";
    return rows_of(read_graph_file(log.write("e.txt", text), options));
  };
  const std::set<Row> two = {{"a", "edge", "x", 1, {}, {}}, {"b", "edge", "x", 3, {}, {}}};
  CHECK(read("# comment\na x\n\nb  x  3\n", {}) == two);
  CHECK(read("a,x\nb,x,3", {}) == two);
  CHECK(read("a\tx\r\nb\tx\t2.6\r\n", {}) == two);
  CHECK(read("weight,to,from\n1,x,a\n3,x,b\n", {}) == two);
  CHECK(read("from,to,time\n\"a, \"\"b\"\"\",x,2026-01-01T00:00:00Z\n", {}) ==
        std::set<Row>{{"a, \"b\"", "edge", "x", 1, 1767225600, {}}});
  CHECK(read("a b 2\nb b\n", {.format = "", .second = SecondEnd::account, .kind = "retweet"}) ==
        std::set<Row>{{"a", "retweet", "a--b", 2, {}, {}}, {"b", "retweet", "a--b", 2, {}, {}}});
}

std::string error_of(const Log& log, const std::string& name, const std::string& text, const std::string& format,
                     const std::string& kind = "edge") {
  try {
    read_graph_file(log.write(name, text), {.format = format, .kind = kind});
  } catch (const Error& error) {
    const std::string message = error.what();
    return message.substr(message.find(name));
  }
  return "no error";
}

TEST_CASE("graph files: errors name file, line and field") {
  Log log("");
  CHECK(error_of(log, "e.txt", "a b\nc\n", "edgelist") == "e.txt:2: target: is missing: an edge has two ends");
  CHECK(error_of(log, "e.csv", "a,b\nc,d,much\n", "edgelist") == "e.csv:2: weight: \"much\" is no number");
  CHECK(error_of(log, "e.csv", "source,target,ts\na,b,then\n", "edgelist") ==
        "e.csv:2: ts: \"then\" is no time: seconds or RFC 3339");
  CHECK(error_of(log, "e.csv", "a,\n", "edgelist") == "e.csv:1: target: is empty");
  CHECK(
      error_of(log, "e.csv", "a,b\n", "edgelist", "model").starts_with("e.csv:1: kind: \"model\" is the store's own"));
  CHECK(error_of(log, "m.mtx", "hello\n", "mtx").starts_with("m.mtx:1: header: is not"));
  CHECK(error_of(log, "m.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 1\n3 1 1\n", "mtx") ==
        "m.mtx:3: row: 3 is not from 1 to 2");
  CHECK(error_of(log, "m.mtx", "%%MatrixMarket matrix coordinate pattern general\n2 2 2\n1 1\n", "mtx") ==
        "m.mtx:3: entries: 1 are there, 2 were announced");
  CHECK(error_of(log, "g.graphml",
                 "<graphml>\n<graph>\n<node id=\"a\"/>\n<edge source=\"a\" target=\"b\"/>\n</graph></graphml>",
                 "graphml") == "g.graphml:4: target: \"b\" is no node");
  CHECK(error_of(log, "g.graphml", "<graphml>\n<graph>\n<node id=\"a\">\n</graph></graphml>", "graphml")
            .starts_with("g.graphml:4: XML: "));
  CHECK(error_of(log, "g.gexf", "<gexf>\n<graph><nodes>\n<node id=\"a\"/>\n<node id=\"a\"/></nodes></graph></gexf>",
                 "gexf") == "g.gexf:4: id: \"a\" is another node's");
  CHECK(error_of(log, "g.gexf", "<gexf/>", "gexf").starts_with("g.gexf:1: graph: is missing"));
}

}  // namespace
}  // namespace ringscope
