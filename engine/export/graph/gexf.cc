// GEXF 1.2 (https://gexf.net): read by Gephi, Gephi Lite, NetworkX, and by 'ingest --format gexf'. Days with a sighting
// are spells of the edges, and of the nodes from the first day to the last; links have none.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/xml_text.h"
#include "engine/export/graph/graph.h"

namespace ringscope {
namespace {

constexpr double kScale = 40;  // units of Gephi's canvas to the length of an edge

struct Colour {
  int red, green, blue;
};
constexpr Colour kTiers[] = {{181, 52, 28}, {217, 154, 43}, {138, 147, 160}};  // ban, review, watch
constexpr Colour kNobody = {205, 210, 216};                                    // an account in no ring
constexpr Colour kThings[] = {{31, 95, 168}, {58, 125, 68}, {122, 44, 138}, {0, 139, 139}, {160, 90, 44}};

// By the order of the kinds' names.
std::map<std::string_view, Colour> colours_of(const ActivityGraph& graph) {
  std::map<std::string_view, Colour> colours;
  for (const GraphNode& node : graph.nodes) {
    if (!node.account) colours.emplace(node.kind, Colour{});
  }
  std::size_t next = 0;
  for (auto& [kind, colour] : colours) colour = kThings[next++ % std::size(kThings)];
  return colours;
}

Colour colour_of(const GraphNode& node, const std::map<std::string_view, Colour>& colours) {
  if (!node.account) return colours.at(node.kind);
  if (node.tier == "ban") return kTiers[0];
  if (node.tier == "review") return kTiers[1];
  return node.tier == "watch" ? kTiers[2] : kNobody;
}

constexpr std::string_view kHead =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<gexf xmlns=\"http://www.gexf.net/1.2draft\" xmlns:viz=\"http://www.gexf.net/1.2draft/viz\" version=\"1.2\">\n"
    "<meta><creator>ringscope</creator></meta>\n"
    "<graph mode=\"{}\" timeformat=\"date\" defaultedgetype=\"undirected\">\n"
    "<attributes class=\"node\" mode=\"static\">\n"
    "<attribute id=\"type\" title=\"type\" type=\"string\"/>\n"
    "<attribute id=\"ring\" title=\"ring\" type=\"string\"/>\n"
    "<attribute id=\"tier\" title=\"tier\" type=\"string\"/>\n"
    "<attribute id=\"score\" title=\"score\" type=\"double\"/>\n"
    "<attribute id=\"bits\" title=\"bits\" type=\"double\"/>\n"
    "</attributes>\n";
constexpr std::string_view kSightingAttributes =
    "<attributes class=\"edge\" mode=\"static\">\n"
    "<attribute id=\"count\" title=\"count\" type=\"long\"/>\n"
    "<attribute id=\"first\" title=\"first\" type=\"long\"/>\n"
    "<attribute id=\"last\" title=\"last\" type=\"long\"/>\n"
    "</attributes>\n";

std::string value(std::string_view name, std::string_view text) {
  return fmt::format("<attvalue for=\"{}\" value=\"{}\"/>", name, xml_text(text));
}

std::string spell(Day first, Day last) {
  return fmt::format("<spell start=\"{}\" end=\"{}\"/>", format_day(first), format_day(last));
}

std::string node_text(const GraphNode& node, Colour colour, const std::pair<Day, Day>& days) {
  std::string text = fmt::format("<node id=\"{}\" label=\"{}\"><attvalues>{}", xml_text(node.id), xml_text(node.label),
                                 value("type", node.kind));
  if (!node.ring.empty())
    text += value("ring", node.ring) + value("tier", node.tier) + value("score", fmt::format("{}", node.score));
  if (!node.account) text += value("bits", fmt::format("{}", node.bits));
  text += "</attvalues>";
  if (days.first != kNoDay) text += "<spells>" + spell(days.first, days.second) + "</spells>";
  const double size = node.account ? 6 : 5 + 2 * std::sqrt(static_cast<double>(node.degree));
  return text + fmt::format(
                    "<viz:size value=\"{:.2f}\"/><viz:position x=\"{:.2f}\" y=\"{:.2f}\" z=\"0.0\"/>"
                    "<viz:color r=\"{}\" g=\"{}\" b=\"{}\"/><viz:shape value=\"{}\"/></node>\n",
                    size, kScale * node.x, kScale * node.y, colour.red, colour.green, colour.blue,
                    node.account ? "disc" : "square");
}

std::string link_text(const ActivityGraph& graph, const GraphEdge& edge, std::size_t number) {
  return fmt::format("<edge id=\"{}\" source=\"{}\" target=\"{}\" weight=\"{}\"/>\n", number,
                     xml_text(graph.nodes[edge.account].id), xml_text(graph.nodes[edge.thing].id), edge.weight);
}

std::string edge_text(const ActivityGraph& graph, const GraphEdge& edge, std::size_t number) {
  std::string text = fmt::format("<edge id=\"{}\" source=\"{}\" target=\"{}\" weight=\"{}\"><attvalues>{}", number,
                                 xml_text(graph.nodes[edge.account].id), xml_text(graph.nodes[edge.thing].id),
                                 edge.count, value("count", fmt::format("{}", edge.count)));
  if (edge.first != kNoTime)
    text += value("first", fmt::format("{}", edge.first)) + value("last", fmt::format("{}", edge.last));
  text += "</attvalues>";
  if (!edge.days.empty()) {
    text += "<spells>";
    for (const auto& [first, last] : edge.days) text += spell(first, last);
    text += "</spells>";
  }
  return text + "</edge>\n";
}

// From the first day that a node has an edge to the last.
std::vector<std::pair<Day, Day>> days_of(const ActivityGraph& graph) {
  std::vector<std::pair<Day, Day>> days(graph.nodes.size(), {kNoDay, kNoDay});
  for (const GraphEdge& edge : graph.edges) {
    if (edge.days.empty()) continue;
    for (const std::uint32_t node : {edge.account, edge.thing}) {
      auto& [first, last] = days[node];
      last = first == kNoDay ? edge.days.back().second : std::max(last, edge.days.back().second);
      first = first == kNoDay ? edge.days.front().first : std::min(first, edge.days.front().first);
    }
  }
  return days;
}

}  // namespace

void write_graph_gexf(const ActivityGraph& graph, const GraphSink& sink) {
  const auto colours = colours_of(graph);
  const std::vector<std::pair<Day, Day>> days = days_of(graph);
  const bool links = graph.of == GraphEdges::links;
  sink(fmt::format(kHead, links ? "static" : "dynamic"));
  if (!links) sink(kSightingAttributes);
  sink("<nodes>\n");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    sink(node_text(graph.nodes[i], colour_of(graph.nodes[i], colours), days[i]));
  sink("</nodes>\n<edges>\n");
  for (std::size_t i = 0; i < graph.edges.size(); ++i)
    sink(links ? link_text(graph, graph.edges[i], i) : edge_text(graph, graph.edges[i], i));
  sink("</edges>\n</graph>\n</gexf>\n");
}

}  // namespace ringscope
