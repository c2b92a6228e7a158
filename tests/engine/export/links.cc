// The links of a run as files, and back; tables of edges of others.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/run_links.h"
#include "engine/engine.h"
#include "tests/engine/export/graph_for_tests.h"
#include "tests/engine/log.h"

#ifdef RINGSCOPE_HAS_PARQUET
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#endif

namespace ringscope {
namespace {

using namespace test;

using Ends = std::set<std::string>;

// Pairs of accounts with the bits of their link, by what the store says of each account.
std::map<Ends, float> links_in(const Store& store) {
  std::map<KeyHash, std::string> names;
  store.scan_names(kAccountKind, [&](KeyHash key, std::string_view name) { names.emplace(key, name); });
  std::map<Ends, float> links;
  for (const auto& [key, name] : names) {
    for (const StoredLink& link : store.links_of(1, key)) links[{name, names.at(link.other)}] = link.bits;
  }
  return links;
}

std::map<Ends, float> links_in(const ActivityGraph& graph) {
  std::map<Ends, float> links;
  for (const GraphEdge& edge : graph.edges)
    links[{graph.nodes[edge.account].label, graph.nodes[edge.thing].label}] = edge.weight;
  return links;
}

TEST_CASE("links: the graph of a run's links is what the store has of each account") {
  Log log(graph_log());
  log.rings();
  const std::map<Ends, float> stored = links_in(log.store());
  REQUIRE(stored.size() >= 2 * 28);  // two rings of eight
  const ActivityGraph graph = build_links(log.store(), {});
  CHECK(links_in(graph) == stored);
  CHECK(graph.run == 1);
  std::set<std::pair<double, double>> places;
  for (const GraphNode& node : graph.nodes) {
    CHECK(node.account);
    CHECK(node.degree > 0);
    places.emplace(node.x, node.y);
  }
  CHECK(places.size() == graph.nodes.size());
  const RunLinks links = links_of_run(log.store(), 1);
  CHECK(links.view().edge_count() == stored.size());
  CHECK_THROWS_AS(links_of_run(log.store(), 2), Error);
}

TEST_CASE("links: of a ring those among its members; around an account what links lead to") {
  Log log(graph_log());
  const std::vector<Ring> rings = log.rings();
  REQUIRE(rings.size() == 2);
  std::map<Ends, float> within;
  std::set<std::string> members;
  for (const Member& member : rings[0].members) members.insert(member.name);
  for (const auto& [ends, bits] : links_in(log.store())) {
    if (std::ranges::includes(members, ends)) within[ends] = bits;
  }
  const ActivityGraph ring = build_links(log.store(), {.ring = rings[0].id});
  CHECK(ring.accounts == rings[0].members.size());
  CHECK(links_in(ring) == within);
  for (const GraphNode& node : ring.nodes) CHECK(node.ring == rings[0].id);

  const std::string someone = rings[0].members[0].name;
  std::set<std::string> reached = {someone};
  for (unsigned depth = 1; depth <= 3; ++depth) {
    std::set<std::string> next = reached;
    for (const auto& [ends, bits] : links_in(log.store())) {
      if (std::ranges::any_of(ends, [&](const std::string& end) { return reached.contains(end); }))
        next.insert(ends.begin(), ends.end());
    }
    reached = next;
    std::set<std::string> told;
    for (const GraphNode& node : build_links(log.store(), {.account = someone, .depth = depth}).nodes)
      told.insert(node.label);
    CHECK(told == reached);
  }
  CHECK_THROWS_AS(build_links(log.store(), {.ring = rings[0].id, .account = someone}), Error);
  CHECK_THROWS_AS(build_links(log.store(), {.account = "nobody"}), Error);
}

TEST_CASE("links: pairs that are not the same at both of their ends are told, and are no graph") {
  using Row = std::pair<KeyHash, std::vector<StoredLink>>;
  const std::vector<Row> whole = {{5, {{9, 2}, {7, 1}}}, {7, {{5, 1}}}, {9, {{5, 2}}}};
  const auto pairs_of = [](const std::vector<Row>& rows) {
    Log log(graph_log());
    log.rings();
    const auto last = log.store().latest_run();
    const auto writer = log.store().run_writer();
    for (const auto& [account, links] : rows) writer->add_links(account, links);
    writer->commit(last->payload);
    return links_of_run(log.store(), writer->run());
  };
  const RunLinks good = pairs_of(whole);
  CHECK(good.accounts == std::vector<KeyHash>{5, 7, 9});
  CHECK(good.arrays.targets == std::vector<Vertex>{1, 2, 0, 0});
  CHECK(good.arrays.weights == std::vector<float>{1, 2, 1, 2});
  const auto changed = [&](auto change) {
    std::vector<Row> rows = whole;
    change(rows);
    CHECK_THROWS_WITH_AS(pairs_of(rows), doctest::Contains("do not agree"), Error);
  };
  changed([](auto& rows) { rows[1].second[0].bits = 3; });        // another weight
  changed([](auto& rows) { rows[1].second[0].other = 9; });       // another end
  changed([](auto& rows) { rows[1].second[0].other = 6; });       // an account without a row
  changed([](auto& rows) { rows[1].second[0].other = 7; });       // a loop
  changed([](auto& rows) { rows[0].second.push_back({9, 2}); });  // twice
  changed([](auto& rows) { rows[0].second.pop_back(); });         // at one end only
}

TEST_CASE("links: each format is read back as pairs of accounts with their bits, rounded") {
  Log log(graph_log());
  log.rings();
  const ActivityGraph graph = build_links(log.store(), {});
  std::map<std::pair<std::string, std::string>, std::uint64_t> wanted;  // (account, thing of the two): count
  for (const auto& [ends, bits] : links_in(graph)) {
    const std::string thing = fmt::format("{}--{}", *ends.begin(), *ends.rbegin());
    for (const std::string& end : ends) wanted[{end, thing}] = std::max(1UL, std::uint64_t(std::llround(bits)));
  }
  std::vector<std::pair<const char*, const char*>> formats = {
      {"graphml", "graphml"}, {"gexf", "gexf"}, {"mtx", "mtx"}, {"edges", "edgelist"}};
#ifdef RINGSCOPE_HAS_PARQUET
  formats.insert(formats.end(), {{"parquet", "parquet"}, {"arrow", "arrow"}});
#endif
  for (const auto& [written, read] : formats) {
    CAPTURE(written);
    const std::string path = log.write(fmt::format("links.{}", written), "");
    write_graph(graph, find_graph_format(written, GraphEdges::links), path);
    const std::vector<GraphRow> rows = read_graph_file(path, {.format = read, .second = SecondEnd::account});
    std::map<std::pair<std::string, std::string>, std::uint64_t> found;
    for (const GraphRow& row : rows) {
      CHECK(row.kind == "edge");
      found[{row.account, row.value}] = row.count;
    }
    CHECK(found == wanted);
  }
}

TEST_CASE("links: an engine that only reads loads them, and what the pairs share, without detecting anew") {
  Log log(graph_log());
  log.rings();
  const Exploration explored = [&] {
    DetectProgress progress;
    return explore(log.store(), {}, progress);
  }();
  const Snapshot& snapshot = explored.snapshot;
  const RunLinks links = links_of_run(log.store(), 1);
  const CsrArrays whole = [&] {
    std::vector<WeightedEdge> edges;
    const CsrGraph graph = links.view();
    for (Vertex u = 0; u < graph.vertex_count(); ++u) {
      for (const Vertex v : graph.neighbors(u)) {
        if (u < v) edges.push_back({*snapshot.vertex_of(links.accounts[u]), *snapshot.vertex_of(links.accounts[v]), 1});
      }
    }
    return build_csr(static_cast<Vertex>(snapshot.accounts.size()), edges);
  }();
  // Vertices keep their order, so arcs do, too.
  const PairFacts own = pair_facts(snapshot, whole.view()), ours = pair_facts(snapshot, links);
  CHECK(ours.kinds == own.kinds);
  CHECK(ours.shared == own.shared);
  CHECK(ours.first == own.first);
  CHECK(ours.last == own.last);
  CHECK(std::ranges::all_of(ours.shared, [](std::uint32_t shared) { return shared > 0; }));

  RunLinks strangers = links;
  strangers.accounts.assign(links.accounts.size(), 1);  // nobody's key
  for (const std::uint32_t shared : pair_facts(snapshot, strangers).shared) CHECK(shared == 0);
}

#ifdef RINGSCOPE_HAS_PARQUET

std::string error_of(const std::string& path, const std::string& format) {
  try {
    read_graph_file(path, {.format = format});
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// An IPC file of one batch.
void write_ipc(const std::string& path, const std::shared_ptr<arrow::RecordBatch>& batch) {
  const auto out = arrow::io::FileOutputStream::Open(path).ValueOrDie();
  const auto writer = arrow::ipc::MakeFileWriter(out, batch->schema()).ValueOrDie();
  REQUIRE(writer->WriteRecordBatch(*batch).ok());
  REQUIRE(writer->Close().ok());
  REQUIRE(out->Close().ok());
}

std::shared_ptr<arrow::Array> texts(const std::vector<std::string>& values) {
  arrow::StringBuilder builder;
  REQUIRE(builder.AppendValues(values).ok());
  return builder.Finish().ValueOrDie();
}

TEST_CASE("graph files: an Arrow IPC file of another program, by the names of its columns; what is wrong is named") {
  Log log("");
  arrow::Int32Builder weights;
  REQUIRE(weights.AppendValues({2, 3}).ok());
  arrow::TimestampBuilder times(arrow::timestamp(arrow::TimeUnit::MILLI), arrow::default_memory_pool());
  REQUIRE(times.Append(1767225600'000).ok());
  REQUIRE(times.AppendNull().ok());
  const auto schema = arrow::schema(
      {arrow::field("weight", arrow::int32()), arrow::field("To", arrow::utf8()), arrow::field("from", arrow::utf8()),
       arrow::field("time", arrow::timestamp(arrow::TimeUnit::MILLI)), arrow::field("colour", arrow::utf8())});
  const auto batch = arrow::RecordBatch::Make(schema, 2,
                                              {weights.Finish().ValueOrDie(), texts({"x", "x"}), texts({"a", "b"}),
                                               times.Finish().ValueOrDie(), texts({"red", "blue"})});
  const std::string path = log.write("e.arrow", "");
  write_ipc(path, batch);
  CHECK(rows_of(read_graph_file(path, {.format = "arrow"})) ==
        std::set<Row>{{"a", "edge", "x", 2, 1767225600, {}}, {"b", "edge", "x", 3, {}, {}}});

  write_ipc(path, batch->SelectColumns({0, 1}).ValueOrDie());
  CHECK(error_of(path, "arrow").find("e.arrow:1: columns: name no two ends") != std::string::npos);
  CHECK(error_of(log.write("e.arrow", "ARROW1 and no more"), "arrow").find("damaged") != std::string::npos);
  CHECK(error_of(log.write("e.parquet", "PAR1 and no more"), "parquet").find("damaged") != std::string::npos);
}

TEST_CASE("graph: a graph.parquet that was exported is a log, too, with the first sighting of each edge") {
  Log log(graph_log());
  log.rings();
  const std::string path = log.write("graph.parquet", "");
  write_graph(build_graph(log.store(), {}), find_graph_format("parquet"), path);
  Log other("");
  IngestProgress progress;
  const IngestReport report = ingest(other.store(), std::vector<std::string>{path}, {}, progress);
  CHECK(report.rejected == 0);
  const auto without_last = [](const ActivityGraph& graph) {
    std::set<Row> rows;
    for (Row row : rows_of(graph, true)) {
      std::get<5>(row) = std::nullopt;
      rows.insert(row);
    }
    return rows;
  };
  CHECK(without_last(build_graph(other.store(), {})) == without_last(build_graph(log.store(), {})));
}

TEST_CASE("graph files: a packed Parquet file is read") {
  Log log(graph_log());
  log.rings();
  const ActivityGraph graph = build_graph(log.store(), {});
  const std::string path = log.write("graph.parquet.zst", "");
  write_graph(graph, find_graph_format("parquet"), path);
  CHECK(rows_of(read_graph_file(path, {.format = "parquet"})) == rows_of(graph, true));
}

#endif

}  // namespace
}  // namespace ringscope
