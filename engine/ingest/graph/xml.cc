// GraphML and GEXF, parsed by pugixml. Nodes that bear a type ("account", or a kind of things, as our own exports do)
// say what an edge joins, be it two accounts; in other files SOURCE is the account and TARGET what --ends says.
#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "engine/ingest/graph/graph_file.h"

namespace ringscope {
namespace {

// Lines of a text by offset.
class Lines {
 public:
  explicit Lines(const std::string& text) {
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) ends_.push_back(at);
  }
  std::uint64_t of(std::ptrdiff_t offset) const {
    const auto at = std::ranges::lower_bound(ends_, static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0)));
    return static_cast<std::uint64_t>(at - ends_.begin()) + 1;
  }

 private:
  std::vector<std::size_t> ends_;
};

struct XmlNode {
  std::string label;
  std::string type;  // empty: the file does not say
};

class XmlReader {
 public:
  XmlReader(const std::string& text, GraphRows& rows) : lines_(text), rows_(rows) {
    const pugi::xml_parse_result parsed =
        document_.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!parsed) rows_.fail(lines_.of(parsed.offset), "XML", parsed.description());
  }

  void read_graphml() {
    const pugi::xml_node root = must(document_, "graphml");
    std::map<std::string, std::string> names;  // of keys
    for (const pugi::xml_node key : root.children("key"))
      names[key.attribute("id").value()] = key.attribute("attr.name").value();
    const pugi::xml_node graph = must(root, "graph");
    const auto data = [&](const pugi::xml_node of) {
      std::map<std::string, std::string> values;
      for (const pugi::xml_node one : of.children("data")) {
        const auto name = names.find(one.attribute("key").value());
        if (name == names.end())
          rows_.fail(line(one), "key", fmt::format("\"{}\" was not declared", one.attribute("key").value()));
        values[name->second] = one.child_value();
      }
      return values;
    };
    for (const pugi::xml_node node : graph.children("node")) {
      const auto values = data(node);
      add_node(node, of(values, "label"), of(values, "type"));
    }
    for (const pugi::xml_node edge : graph.children("edge")) add_edge(edge, data(edge));
  }

  void read_gexf() {
    const pugi::xml_node graph = must(must(document_, "gexf"), "graph");
    std::map<std::string, std::map<std::string, std::string>> names;  // class, id -> title
    for (const pugi::xml_node list : graph.children("attributes")) {
      for (const pugi::xml_node one : list.children("attribute"))
        names[list.attribute("class").value()][one.attribute("id").value()] = one.attribute("title").value();
    }
    const auto data = [&](const pugi::xml_node of, const char* which) {
      std::map<std::string, std::string> values;
      for (const pugi::xml_node one : of.child("attvalues").children("attvalue")) {
        const pugi::xml_attribute id = one.attribute("for") ? one.attribute("for") : one.attribute("id");
        const auto name = names[which].find(id.value());
        if (name == names[which].end())
          rows_.fail(line(one), "for", fmt::format("\"{}\" was not declared", id.value()));
        values[name->second] = one.attribute("value").value();
      }
      if (of.attribute("weight")) values.emplace("weight", of.attribute("weight").value());
      return values;
    };
    for (const pugi::xml_node node : graph.child("nodes").children("node"))
      add_node(node, node.attribute("label").value(), of(data(node, "node"), "type"));
    for (const pugi::xml_node edge : graph.child("edges").children("edge")) add_edge(edge, data(edge, "edge"));
  }

 private:
  std::uint64_t line(const pugi::xml_node node) const { return lines_.of(node.offset_debug()); }

  pugi::xml_node must(const pugi::xml_node of, const char* name) const {
    const pugi::xml_node found = of.child(name);
    if (!found) rows_.fail(line(of), name, "is missing");
    return found;
  }
  static std::string of(const std::map<std::string, std::string>& values, const char* name) {
    const auto at = values.find(name);
    return at == values.end() ? std::string() : at->second;
  }

  void add_node(const pugi::xml_node node, const std::string& label, const std::string& type) {
    const std::string id = node.attribute("id").value();
    if (id.empty()) rows_.fail(line(node), "id", "a node without one");
    if (!nodes_.emplace(id, XmlNode{label.empty() ? id : label, type}).second)
      rows_.fail(line(node), "id", fmt::format("\"{}\" is another node's", id));
  }

  const XmlNode& end(const pugi::xml_node edge, const char* which) const {
    const auto at = nodes_.find(edge.attribute(which).value());
    if (at == nodes_.end())
      rows_.fail(line(edge), which, fmt::format("\"{}\" is no node", edge.attribute(which).value()));
    return at->second;
  }

  void add_edge(const pugi::xml_node edge, const std::map<std::string, std::string>& values) {
    const XmlNode *source = &end(edge, "source"), *target = &end(edge, "target");
    const std::uint64_t at = line(edge);
    GraphRow row;
    const char* const counted = values.contains("count") ? "count" : "weight";
    if (const std::string text = of(values, counted); !text.empty()) row.count = rows_.count(text, at, counted);
    row.first = rows_.time(of(values, "first"), at, "first");
    row.last = rows_.time(of(values, "last"), at, "last");
    if (source->type.empty() && target->type.empty())
      return rows_.add_plain(source->label, target->label, std::move(row), at);
    if (source->type == "account" && target->type == "account")
      return rows_.add_pair(source->label, target->label, std::move(row), at);
    if (source->type != "account") std::swap(source, target);
    if (source->type != "account")
      rows_.fail(at, "edge",
                 fmt::format("joins a node of type \"{}\" and one of \"{}\": one must be an account", source->type,
                             target->type));
    row.account = source->label;
    row.kind = target->type.empty() ? rows_.options().kind : target->type;
    row.value = target->label;
    rows_.add(std::move(row), at);
  }

  pugi::xml_document document_;
  Lines lines_;
  GraphRows& rows_;
  std::unordered_map<std::string, XmlNode> nodes_;
};

}  // namespace

void read_graphml(const std::string& text, GraphRows& rows) { XmlReader(text, rows).read_graphml(); }
void read_gexf(const std::string& text, GraphRows& rows) { XmlReader(text, rows).read_gexf(); }

}  // namespace ringscope
