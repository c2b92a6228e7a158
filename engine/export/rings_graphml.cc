// Rings, their accounts and what these share as a graph: GraphML (http://graphml.graphdrawing.org), for Gephi, yEd,
// Cytoscape and NetworkX.
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/xml_text.h"
#include "engine/ask/read_run.h"
#include "engine/export/export.h"

namespace ringscope {
namespace {

class Writer {
 public:
  Writer(const Store& store, const ExportSink& sink) : store_(store), sink_(sink) {
    sink_(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
        "<key id=\"type\" for=\"node\" attr.name=\"type\" attr.type=\"string\"/>\n"
        "<key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n"
        "<key id=\"tier\" for=\"node\" attr.name=\"tier\" attr.type=\"string\"/>\n"
        "<key id=\"score\" for=\"node\" attr.name=\"score\" attr.type=\"double\"/>\n"
        "<key id=\"size\" for=\"node\" attr.name=\"size\" attr.type=\"long\"/>\n"
        "<key id=\"bits\" for=\"node\" attr.name=\"bits\" attr.type=\"double\"/>\n"
        "<key id=\"relation\" for=\"edge\" attr.name=\"relation\" attr.type=\"string\"/>\n"
        "<key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n"
        "<graph id=\"rings\" edgedefault=\"undirected\">\n");
  }

  void add(const Ring& ring) {
    node(ring.id, "ring", ring.id,
         fmt::format("<data key=\"tier\">{}</data><data key=\"score\">{}</data><data key=\"size\">{}</data>",
                     to_string(ring.tier), ring.score, ring.members.size()));
    std::map<VertexKey, std::string> things;
    for (const Evidence& one : ring.evidence) {
      const auto kind = store_.find_kind(one.kind);
      if (!kind) continue;
      const std::string id = fmt::format("thing:{}:{}", one.kind, one.value);
      things.emplace(VertexKey{*kind, hash_value(one.value)}, id);
      node(id, one.kind, one.value,
           fmt::format("<data key=\"bits\">{}</data><data key=\"size\">{}</data>", one.bits, one.population));
    }
    for (const Member& member : ring.members) {
      const std::string id = "account:" + member.name;
      node(id, "account", member.name,
           fmt::format("<data key=\"tier\">{}</data><data key=\"score\">{}</data>", to_string(member.tier),
                       member.score));
      edge(id, ring.id, "member", member.membership);
      std::map<VertexKey, std::uint64_t> touched;
      for (const Cell& cell : store_.cells_of(member.account, {})) touched[cell.entity] += cell.count;
      for (const auto& [key, thing] : things) {
        if (const auto at = touched.find(key); at != touched.end())
          edge(id, thing, "seen", static_cast<double>(at->second));
      }
    }
  }
  void finish() { sink_("</graph>\n</graphml>\n"); }

 private:
  void node(const std::string& id, std::string_view type, std::string_view label, const std::string& data) {
    if (!written_.insert(id).second) return;
    sink_(fmt::format("<node id=\"{}\"><data key=\"type\">{}</data><data key=\"label\">{}</data>{}</node>\n",
                      xml_text(id), xml_text(type), xml_text(label), data));
  }
  void edge(const std::string& from, const std::string& to, const char* relation, double weight) {
    sink_(
        fmt::format("<edge source=\"{}\" target=\"{}\"><data key=\"relation\">{}</data><data key=\"weight\">{}</data>"
                    "</edge>\n",
                    xml_text(from), xml_text(to), relation, weight));
  }

  const Store& store_;
  const ExportSink& sink_;
  std::set<std::string> written_;
};

}  // namespace

std::uint64_t write_rings_graphml(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  Writer writer(store, sink);
  std::uint64_t rows = 0;
  visit_rings(store, latest_run(store).run, [&](const Ring& ring) {
    if (!filter.keeps(ring.tier)) return;
    writer.add(ring);
    ++rows;
  });
  writer.finish();
  return rows;
}

}  // namespace ringscope
