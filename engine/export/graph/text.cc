// Matrix Market (https://math.nist.gov/MatrixMarket/formats.html) and edge lists.
#include <fmt/format.h>

#include "engine/export/csv_text.h"
#include "engine/export/graph/graph.h"

namespace ringscope {
namespace {

// A name on a line of its own, or before a tab: \n, \r, \t and \\ for what would end it.
std::string on_a_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out;
}

// The lower triangle, as the format has it for symmetric matrices.
void write_links_mtx(const ActivityGraph& graph, const GraphSink& sink) {
  sink(
      fmt::format("%%MatrixMarket matrix coordinate real symmetric\n"
                  "% ringscope: accounts x accounts, bits of the links; names in the file .rows.txt\n"
                  "{0} {0} {1}\n",
                  graph.accounts, graph.edges.size()));
  for (const GraphEdge& edge : graph.edges)
    sink(fmt::format("{} {} {}\n", edge.thing + 1, edge.account + 1, edge.weight));
}

void write_links(const ActivityGraph& graph, const GraphSink& sink) {
  sink("source,target,weight\n");
  for (const GraphEdge& edge : graph.edges)
    sink(fmt::format("{},{},{}\n", csv_quoted(graph.nodes[edge.account].label),
                     csv_quoted(graph.nodes[edge.thing].label), edge.weight));
}

}  // namespace

void write_graph_mtx(const ActivityGraph& graph, const GraphSink& sink) {
  if (graph.of == GraphEdges::links) return write_links_mtx(graph, sink);
  sink(
      fmt::format("%%MatrixMarket matrix coordinate integer general\n"
                  "% ringscope: accounts x things, how often; names in the files .rows.txt and .columns.txt\n"
                  "{} {} {}\n",
                  graph.accounts, graph.nodes.size() - graph.accounts, graph.edges.size()));
  for (const GraphEdge& edge : graph.edges)
    sink(fmt::format("{} {} {}\n", edge.account + 1, edge.thing - graph.accounts + 1, edge.count));
}

void write_graph_rows(const ActivityGraph& graph, const GraphSink& sink) {
  for (const GraphNode& node : graph.nodes) {
    if (node.account) sink(on_a_line(node.label) + "\n");
  }
}

void write_graph_columns(const ActivityGraph& graph, const GraphSink& sink) {
  for (const GraphNode& node : graph.nodes) {
    if (!node.account) sink(fmt::format("{}\t{}\n", on_a_line(node.kind), on_a_line(node.label)));
  }
}

// No apostrophe before what a spreadsheet takes for a formula: this is read back.
void write_graph_edges(const ActivityGraph& graph, const GraphSink& sink) {
  if (graph.of == GraphEdges::links) return write_links(graph, sink);
  sink("account,kind,value,count,ts,last\n");
  for (const GraphEdge& edge : graph.edges) {
    const GraphNode& thing = graph.nodes[edge.thing];
    const std::string times = edge.first == kNoTime ? "," : fmt::format("{},{}", edge.first, edge.last);
    sink(fmt::format("{},{},{},{},{}\n", csv_quoted(graph.nodes[edge.account].label), csv_quoted(thing.kind),
                     csv_quoted(thing.label), edge.count, times));
  }
}

}  // namespace ringscope
