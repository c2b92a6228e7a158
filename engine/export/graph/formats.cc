#include <array>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "engine/export/compress.h"
#include "engine/export/graph/graph.h"
#include "engine/ingest/graph/graph_file.h"

namespace ringscope {
namespace {

constexpr GraphPart kGraphml[] = {{"", "", write_graph_graphml}};
constexpr GraphPart kGexf[] = {{"", "", write_graph_gexf}};
constexpr GraphPart kMtx[] = {
    {"", "", write_graph_mtx}, {"rows", ".txt", write_graph_rows}, {"columns", ".txt", write_graph_columns}};
constexpr GraphPart kSymmetricMtx[] = {{"", "", write_graph_mtx}, {"rows", ".txt", write_graph_rows}};
constexpr GraphPart kEdges[] = {{"", "", write_graph_edges}};
constexpr GraphPart kParquet[] = {{"", "", write_graph_edges_parquet}, {"nodes", "", write_graph_nodes_parquet}};
constexpr GraphPart kArrow[] = {{"", "", write_graph_edges_arrow}, {"nodes", "", write_graph_nodes_arrow}};

constexpr auto kSightings = std::to_array<GraphFormat>({
    {"graphml", "for NetworkX, igraph, yEd, Cytoscape", kGraphml},
    {"gexf", "for Gephi and Gephi Lite: places, colours, days", kGexf},
    {"mtx", "Matrix Market: accounts x things, how often; names beside", kMtx},
    {"edges", "an edge a line: account, kind, value, count, first, last (CSV)", kEdges},
    {"parquet", "a table of edges, and one of nodes beside", kParquet},
    {"arrow", "the same as Arrow IPC files", kArrow},
});

constexpr auto kLinks = std::to_array<GraphFormat>({
    {"graphml", "accounts and the pairs that the run linked, bits as weight", kGraphml},
    {"gexf", "for Gephi and Gephi Lite: places, colours", kGexf},
    {"mtx", "Matrix Market: accounts x accounts, symmetric, bits; names beside", kSymmetricMtx},
    {"edges", "a link a line: source, target, weight (CSV)", kEdges},
    {"parquet", "a table of links, and one of nodes beside", kParquet},
    {"arrow", "the same as Arrow IPC files", kArrow},
});

}  // namespace

std::span<const GraphFormat> graph_formats(GraphEdges of) {
  if (of == GraphEdges::links) return kLinks;
  return kSightings;
}

const GraphFormat& find_graph_format(std::string_view name, GraphEdges of) {
  std::string known;
  for (const GraphFormat& format : graph_formats(of)) {
    if (format.name == name) return format;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", format.name);
  }
  throw Error(ErrorCode::usage, fmt::format("cannot export a graph as \"{}\"; there is: {}", name, known), "--format");
}

std::vector<std::filesystem::path> write_graph(const ActivityGraph& graph, const GraphFormat& format,
                                               const std::filesystem::path& out) {
  std::vector<std::filesystem::path> paths;
  for (std::size_t p = format.parts.size(); p-- > 0;) {
    paths.push_back(part_path(out, format.parts[p].infix, format.parts[p].suffix));
    AtomicFile file(paths.back());
    const auto packer =
        make_packer(packing_of(out.filename().string()), [&](std::string_view bytes) { file.write(bytes); });
    format.parts[p].write(graph, [&](std::string_view bytes) { packer->write(bytes); });
    packer->finish();
    file.commit();
  }
  return paths;
}

}  // namespace ringscope
