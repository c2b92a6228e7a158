// GraphML (http://graphml.graphdrawing.org): read by NetworkX, igraph, yEd, Cytoscape, and by 'ingest --format
// graphml'.
#include <fmt/format.h>

#include "base/xml_text.h"
#include "engine/export/graph/graph.h"

namespace ringscope {
namespace {

constexpr std::string_view kHead =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
    "<key id=\"type\" for=\"node\" attr.name=\"type\" attr.type=\"string\"/>\n"
    "<key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n"
    "<key id=\"ring\" for=\"node\" attr.name=\"ring\" attr.type=\"string\"/>\n"
    "<key id=\"tier\" for=\"node\" attr.name=\"tier\" attr.type=\"string\"/>\n"
    "<key id=\"score\" for=\"node\" attr.name=\"score\" attr.type=\"double\"/>\n"
    "<key id=\"bits\" for=\"node\" attr.name=\"bits\" attr.type=\"double\"/>\n"
    "<key id=\"x\" for=\"node\" attr.name=\"x\" attr.type=\"double\"/>\n"
    "<key id=\"y\" for=\"node\" attr.name=\"y\" attr.type=\"double\"/>\n";
constexpr std::string_view kSightingKeys =
    "<key id=\"count\" for=\"edge\" attr.name=\"count\" attr.type=\"long\"/>\n"
    "<key id=\"first\" for=\"edge\" attr.name=\"first\" attr.type=\"long\"/>\n"
    "<key id=\"last\" for=\"edge\" attr.name=\"last\" attr.type=\"long\"/>\n";
constexpr std::string_view kLinkKeys = "<key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n";
constexpr std::string_view kGraph = "<graph id=\"ringscope\" edgedefault=\"undirected\">\n";

std::string data(std::string_view key, std::string_view value) {
  return fmt::format("<data key=\"{}\">{}</data>", key, xml_text(value));
}

std::string node_text(const GraphNode& node) {
  std::string text =
      fmt::format("<node id=\"{}\">{}{}", xml_text(node.id), data("type", node.kind), data("label", node.label));
  if (!node.ring.empty())
    text += data("ring", node.ring) + data("tier", node.tier) + data("score", fmt::format("{}", node.score));
  if (!node.account) text += data("bits", fmt::format("{}", node.bits));
  return text + fmt::format("<data key=\"x\">{:.3f}</data><data key=\"y\">{:.3f}</data></node>\n", node.x, node.y);
}

std::string edge_text(const ActivityGraph& graph, const GraphEdge& edge) {
  std::string text = fmt::format("<edge source=\"{}\" target=\"{}\">", xml_text(graph.nodes[edge.account].id),
                                 xml_text(graph.nodes[edge.thing].id));
  if (graph.of == GraphEdges::links) {
    text += data("weight", fmt::format("{}", edge.weight));
  } else {
    text += data("count", fmt::format("{}", edge.count));
    if (edge.first != kNoTime)
      text += data("first", fmt::format("{}", edge.first)) + data("last", fmt::format("{}", edge.last));
  }
  return text + "</edge>\n";
}

}  // namespace

void write_graph_graphml(const ActivityGraph& graph, const GraphSink& sink) {
  sink(kHead);
  sink(graph.of == GraphEdges::links ? kLinkKeys : kSightingKeys);
  sink(kGraph);
  for (const GraphNode& node : graph.nodes) sink(node_text(node));
  for (const GraphEdge& edge : graph.edges) sink(edge_text(graph, edge));
  sink("</graph>\n</graphml>\n");
}

}  // namespace ringscope
