// Graphs for other programs: accounts and the things they touch, or accounts and the pairs of them that a run linked.
// Of all there is, of one ring, or of what lies around an account.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

struct GraphNode {
  std::string id{};          // "account:a7f2", "payment:538877-d367": unique
  bool account = false;      // else a thing
  std::string kind{};        // "account", "payment", …
  std::string label{};       // the name or value
  std::string ring{};        // of an account in the latest run; empty: none
  std::string tier{};        // … "ban", "review", "watch"
  double score = 0;          // …
  double bits = 0;           // of a thing: what sharing it is worth in the latest run
  std::uint32_t degree = 0;  // edges in this graph
  double x = 0, y = 0;       // 1 = the length of an edge, about
};

// What the edges of a graph are.
enum class GraphEdges {
  sightings,  // an account touched a thing
  links,      // the run linked two accounts
};

// An account touched a thing; of a link both ends are accounts, and times and days are not known.
struct GraphEdge {
  std::uint32_t account = 0, thing = 0;  // places in nodes; of a link the smaller one first
  float weight = 0;                      // of a link: bits
  std::uint64_t count = 0;               // sightings
  Seconds first = kNoTime, last = kNoTime;
  std::vector<std::pair<Day, Day>> days{};  // stretches of days with a sighting, both included, ascending
};

// Nodes: accounts by key, then things by kind and key; edges by account, then thing. The same rows, the same graph.
struct ActivityGraph {
  GraphEdges of = GraphEdges::sightings;
  std::uint64_t run = 0;  // whose rings and bits it bears; 0: no run
  std::uint64_t accounts = 0;
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
};

struct GraphScope {
  std::string ring{};                 // its members and what two of them touch, or is its evidence; empty: not this
  std::string account{};              // it, its things, their accounts, …: to `depth` steps; empty: not this
  unsigned depth = 2;                 // steps: 2 are the accounts that it shares a thing with
  std::uint32_t hub_accounts = 1000;  // a thing of more accounts is shown, and not walked through
  DayWindow window{};                 // rows of other days are passed over; of a run's graph, its window
};

// Throws Error not_found (ring, account), usage (both a ring and an account). O(rows of the scope); around an account a
// pass over the rows of the window for every second step, and memory for what is reached. Places are by stress_layout()
// up to 1,500 nodes, else rings are discs beside each other.
ActivityGraph build_graph(const Store& store, const GraphScope& scope);

// The accounts that the latest run linked and their links; of a ring its members and the links among them, around an
// account what links lead to in `depth` steps, and the links among these. Throws Error not_found (no run, or its links
// were dropped; ring, account), usage. O(links of the scope).
ActivityGraph build_links(const Store& store, const GraphScope& scope);

using GraphSink = std::function<void(std::string_view bytes)>;

// A file that goes with the main one, where part_path() says.
struct GraphPart {
  std::string_view infix;   // "nodes": graph.parquet has graph.nodes.parquet; empty: the main file
  std::string_view suffix;  // of it; empty: that of the main file
  void (*write)(const ActivityGraph& graph, const GraphSink& sink);
};

struct GraphFormat {
  std::string_view name;
  std::string_view summary;
  std::span<const GraphPart> parts;  // the main file first
};

// The same names for graphs of both kinds, in the same order.
std::span<const GraphFormat> graph_formats(GraphEdges of = GraphEdges::sightings);
// Throws Error usage, listing what there is.
const GraphFormat& find_graph_format(std::string_view name, GraphEdges of = GraphEdges::sightings);

// Every part into a file that is there in full or not at all, the main one last; names of the files. Throws Error io,
// no_space, usage (a format of a program that was built without it).
std::vector<std::filesystem::path> write_graph(const ActivityGraph& graph, const GraphFormat& format,
                                               const std::filesystem::path& out);

// -- the formats
void write_graph_graphml(const ActivityGraph& graph, const GraphSink& sink);
void write_graph_gexf(const ActivityGraph& graph, const GraphSink& sink);
void write_graph_mtx(const ActivityGraph& graph, const GraphSink& sink);
void write_graph_rows(const ActivityGraph& graph, const GraphSink& sink);     // names of the rows of the matrix
void write_graph_columns(const ActivityGraph& graph, const GraphSink& sink);  // and of its columns
void write_graph_edges(const ActivityGraph& graph, const GraphSink& sink);
void write_graph_edges_parquet(const ActivityGraph& graph, const GraphSink& sink);
void write_graph_nodes_parquet(const ActivityGraph& graph, const GraphSink& sink);
void write_graph_edges_arrow(const ActivityGraph& graph, const GraphSink& sink);
void write_graph_nodes_arrow(const ActivityGraph& graph, const GraphSink& sink);

}  // namespace ringscope
