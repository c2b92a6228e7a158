#include "engine/export/share/share.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "engine/json.h"
#include "storage/sha256.h"

namespace ringscope {
namespace {

class Sharing {
 public:
  Sharing(const ActivityGraph& graph, std::string_view key, const ShareOptions& options)
      : graph_(graph), names_(key, options.release, options.addresses), options_(options) {}

  SharedGraph share() && {
    name_nodes();
    drop_rare();
    add_nodes();
    add_edges();
    shared_.graph.run = graph_.run;
    return std::move(shared_);
  }

 private:
  // Values that get one name (addresses of a network) become one thing.
  void name_nodes() {
    for (const GraphNode& node : graph_.nodes) name_of_.push_back(names_.name(node.kind, node.label));
  }
  std::string thing_of(const GraphEdge& edge) const {
    return graph_.nodes[edge.thing].kind + ":" + name_of_[edge.thing];
  }

  void drop_rare() {
    std::map<std::string, std::set<std::uint32_t>> accounts;
    for (const GraphEdge& edge : graph_.edges) accounts[thing_of(edge)].insert(edge.account);
    std::set<std::uint32_t> left;
    std::map<std::string, std::set<std::string>> rare;
    for (const GraphEdge& edge : graph_.edges) {
      const std::string thing = thing_of(edge);
      const std::string& kind = graph_.nodes[edge.thing].kind;
      if (accounts[thing].size() >= options_.least) {
        kept_.insert(thing);
        left.insert(edge.account);
      } else {
        ++shared_.rare[kind].edges;
        rare[kind].insert(thing);
      }
    }
    for (const auto& [kind, things] : rare) shared_.rare[kind].things = things.size();
    for (std::uint32_t a = 0; a < graph_.accounts; ++a) {
      if (left.contains(a)) continue;
      ++shared_.accounts_dropped;
      if (!graph_.nodes[a].ring.empty()) ++shared_.ring_accounts_dropped;
    }
    left_ = std::move(left);
  }

  void add_nodes() {
    std::map<std::string, GraphNode> accounts, things;
    for (const std::uint32_t a : left_) accounts.emplace(name_of_[a], shared_account(a));
    for (std::size_t i = graph_.accounts; i < graph_.nodes.size(); ++i) {
      const std::string id = graph_.nodes[i].kind + ":" + name_of_[i];
      if (!kept_.contains(id)) continue;
      GraphNode node;
      node.id = id;
      node.kind = graph_.nodes[i].kind;
      node.label = name_of_[i];
      things.emplace(id, std::move(node));
    }
    for (auto* nodes : {&accounts, &things}) {
      for (auto& [name, node] : *nodes) {
        place_.emplace(node.id, static_cast<std::uint32_t>(shared_.graph.nodes.size()));
        shared_.graph.nodes.push_back(std::move(node));
      }
    }
    shared_.graph.accounts = accounts.size();
  }

  GraphNode shared_account(std::uint32_t a) {
    const GraphNode& from = graph_.nodes[a];
    GraphNode node;
    node.account = true;
    node.kind = from.kind;
    node.label = name_of_[a];
    node.id = "account:" + node.label;
    if (!from.ring.empty()) node.ring = names_.name("ring", from.ring);
    node.tier = from.tier;
    node.score = std::round(from.score * 100) / 100;
    return node;
  }

  void add_edges() {
    std::map<std::pair<std::uint32_t, std::uint32_t>, GraphEdge> edges;
    for (const GraphEdge& from : graph_.edges) {
      const std::string thing = thing_of(from);
      if (!kept_.contains(thing)) continue;
      const std::uint32_t account = place_.at("account:" + name_of_[from.account]), to = place_.at(thing);
      GraphEdge& edge = edges[{account, to}];
      edge.account = account;
      edge.thing = to;
      edge.count += from.count;
      if (from.first == kNoTime) continue;
      const auto shift = static_cast<Seconds>(std::llround((2 * names_.fraction(name_of_[from.account] + thing) - 1) *
                                                           static_cast<double>(options_.jitter)));
      edge.first = edge.first == kNoTime ? from.first + shift : std::min(edge.first, from.first + shift);
      edge.last = edge.last == kNoTime ? from.last + shift : std::max(edge.last, from.last + shift);
    }
    for (auto& [ends, edge] : edges) {
      ++shared_.graph.nodes[edge.account].degree;
      ++shared_.graph.nodes[edge.thing].degree;
      shared_.graph.edges.push_back(std::move(edge));
    }
  }

  const ActivityGraph& graph_;
  ReleaseNames names_;
  const ShareOptions& options_;
  std::vector<std::string> name_of_;
  std::set<std::string> kept_;    // things, by kind and name
  std::set<std::uint32_t> left_;  // accounts with a thing that is kept
  std::unordered_map<std::string, std::uint32_t> place_;
  SharedGraph shared_;
};

// How many accounts have each signature: sizes of the classes, ascending.
std::vector<std::uint64_t> classes_of(std::vector<std::string> signatures) {
  std::ranges::sort(signatures);
  std::vector<std::uint64_t> sizes;
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    if (i == 0 || signatures[i] != signatures[i - 1]) sizes.push_back(0);
    ++sizes.back();
  }
  std::ranges::sort(sizes);
  return sizes;
}

double share_of_ones(const std::vector<std::uint64_t>& sizes, std::uint64_t accounts) {
  return accounts > 0 ? static_cast<double>(std::ranges::count(sizes, 1U)) / static_cast<double>(accounts) : 0;
}

std::string accounts_csv(const ActivityGraph& graph) {
  std::string text = "account,ring,tier,score\n";
  for (const GraphNode& node : graph.nodes) {
    if (node.account) text += fmt::format("{},{},{},{:.2f}\n", node.label, node.ring, node.tier, node.score);
  }
  return text;
}

}  // namespace

SharedGraph share(const ActivityGraph& graph, std::string_view key, const ShareOptions& options) {
  return Sharing(graph, key, options).share();
}

ShareRisk measure_risk(const ActivityGraph& graph) {
  std::vector<std::map<std::string_view, std::uint64_t>> counts(graph.accounts);
  std::vector<std::vector<std::string>> around(graph.accounts);
  for (const GraphEdge& edge : graph.edges) {
    const GraphNode& thing = graph.nodes[edge.thing];
    ++counts[edge.account][thing.kind];
    around[edge.account].push_back(fmt::format("{} {}", thing.kind, thing.degree));
  }
  std::vector<std::string> numbers, structure;
  for (std::size_t a = 0; a < graph.accounts; ++a) {
    std::string text;
    for (const auto& [kind, count] : counts[a]) text += fmt::format("{} {};", kind, count);
    numbers.push_back(std::move(text));
    std::ranges::sort(around[a]);
    structure.push_back(fmt::format("{}", fmt::join(around[a], ";")));
  }
  const std::vector<std::uint64_t> by_numbers = classes_of(numbers), by_structure = classes_of(structure);
  ShareRisk risk;
  risk.accounts = graph.accounts;
  if (graph.accounts == 0) return risk;
  const auto n = static_cast<double>(graph.accounts);
  risk.classes = by_numbers.size();
  risk.smallest_class = by_numbers.front();
  risk.prosecutor_highest = 1 / static_cast<double>(by_numbers.front());
  risk.unique_share = share_of_ones(by_numbers, graph.accounts);
  risk.marketer = static_cast<double>(by_numbers.size()) / n;
  risk.structure_unique_share = share_of_ones(by_structure, graph.accounts);
  risk.structure_marketer = static_cast<double>(by_structure.size()) / n;
  return risk;
}

std::string risk_to_json(const ShareRisk& risk, const SharedGraph& shared, const ShareOptions& options) {
  Json dropped = Json::object();
  for (const auto& [kind, one] : shared.rare) dropped[kind] = {{"things", one.things}, {"edges", one.edges}};
  const Json json = {
      {"schema", "ringscope.share-risk/1"},
      {"release", options.release},
      {"accounts", risk.accounts},
      {"least", options.least},
      {"jitter_seconds", options.jitter},
      {"dropped",
       {{"accounts", shared.accounts_dropped}, {"ring_accounts", shared.ring_accounts_dropped}, {"rare", dropped}}},
      {"numbers",
       {{"classes", risk.classes},
        {"smallest_class", risk.smallest_class},
        {"unique_share", risk.unique_share},
        {"prosecutor_highest", risk.prosecutor_highest},
        {"marketer", risk.marketer}}},
      {"structure", {{"unique_share", risk.structure_unique_share}, {"marketer", risk.structure_marketer}}}};
  return json.dump(2) + "\n";
}

std::vector<SharedFile> write_release(const ActivityGraph& graph, std::string_view key, const ShareOptions& options,
                                      const ShareSource& source, const std::filesystem::path& directory) {
  const SharedGraph shared = share(graph, key, options);
  if (shared.graph.edges.empty())
    throw Error(ErrorCode::usage,
                fmt::format("nothing is left: no thing has {} accounts; a smaller --least tells more", options.least),
                "--least");
  const ShareRisk risk = measure_risk(shared.graph);
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) throw Error(ErrorCode::io, "cannot make the directory: " + failed.message(), directory.string());
  std::vector<SharedFile> files;
  const auto write = [&](const std::string& name, const std::string& text, std::uint64_t rows) {
    AtomicFile file(directory / name);
    file.write(text);
    file.commit();
    Sha256 hash;
    hash.add(text);
    files.push_back({name, hash.hex(), text.size(), rows});
  };
  std::string edges;
  write_graph_edges(shared.graph, [&](std::string_view bytes) { edges.append(bytes); });
  write("edges.csv", edges, shared.graph.edges.size());
  write("accounts.csv", accounts_csv(shared.graph), shared.graph.accounts);
  write("risk.json", risk_to_json(risk, shared, options), 1);
  write("README.md", share_readme(risk, shared, options, source), 0);
  write("croissant.json", share_croissant(shared, options, source, files), 0);
  return files;
}

}  // namespace ringscope
