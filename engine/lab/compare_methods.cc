#include "engine/lab/compare_methods.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "algorithms/components.h"
#include "algorithms/dense_block.h"
#include "algorithms/label_propagation.h"
#include "algorithms/leiden.h"
#include "algorithms/louvain.h"
#include "algorithms/projection.h"
#include "algorithms/quality.h"
#include "algorithms/similarity.h"
#include "algorithms/spectral_cut.h"
#include "base/error.h"
#include "engine/ask/read_run.h"
#include "engine/ask/run_view.h"
#include "engine/detect/detect.h"
#include "engine/detect/project/cost.h"
#include "engine/detect/project/pairs.h"
#include "engine/detect/stages.h"
#include "engine/json.h"
#include "engine/lab/csv.h"
#include "engine/load/classify.h"

namespace ringscope {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

constexpr std::size_t kBlocks = 64;
// The pair itself, its copy when threads' parts are joined, and its two arcs in a graph.
constexpr std::size_t kPairBytes = 2 * sizeof(WeightedEdge) + 2 * (sizeof(Vertex) + sizeof(float));

// Counts the pairs that a score keeps, and drops those that there is no room for.
template <PairScore Score>
struct CountedScore {
  const Score& score;
  std::uint64_t most;
  std::atomic<std::uint64_t>& kept;
  std::optional<float> operator()(Vertex l, Vertex other, Vertex shared, double weight) const {
    const std::optional<float> value = score(l, other, shared, weight);
    if (!value) return value;
    return kept.fetch_add(1, std::memory_order_relaxed) < most ? value : std::nullopt;
  }
};

class Bench {
 public:
  Bench(const Store& store, const Config& config, const CompareMethodsOptions& options)
      : store_(store), config_(config), options_(options) {
    auto start = Clock::now();
    const Setup setup(store, config);
    snapshot_ = load_for_detection(store, config);
    snapshot_.classes = classify(store, snapshot_, setup.lists);
    result_.load_seconds = seconds_since(start);
    start = Clock::now();
    const PairStage pairs(config, snapshot_, setup.listed);
    const PairStage::Weighed weighed = pairs.weigh(snapshot_.graph());
    std::vector<WeightedEdge> edges = links_of(pairs, weighed);
    links_ = build_csr(static_cast<Vertex>(snapshot_.accounts.size()), edges);
    rarity_ = weighed.weights.rarity;
    result_.link_seconds = seconds_since(start);
    result_.accounts = snapshot_.accounts.size();
    result_.links = edges.size();
    result_.links_by = options.links_by;
  }

  MethodComparison run() && {
    add_rings();
    add_of_links();
    add_of_things();
    read_truth();
    compare();
    return std::move(result_);
  }

 private:
  std::vector<WeightedEdge> links_of(const PairStage& pairs, const PairStage::Weighed& weighed) {
    const BipartiteGraph graph = snapshot_.graph();
    hub_accounts_ = weighed.weights.hub_accounts;
    if (options_.links_by == LinkRule::shared) return pairs_within_memory("the links", BitsScore{}, {});
    const Similarity similarity = pairs.project(graph, weighed);
    std::vector<WeightedEdge> edges = similarity.core;
    edges.insert(edges.end(), similarity.attach.begin(), similarity.attach.end());
    return edges;
  }

  void add(const char* name, const char* means, const std::function<Partition()>& method) {
    const auto start = Clock::now();
    const Partition partition = method();
    keep(name, means, partition, seconds_since(start));
  }

  // Communities that are too small become single accounts.
  void keep(const char* name, const char* means, const Partition& partition, double seconds) {
    ComparedMethod row{.name = name, .means = means, .seconds = seconds};
    const PartitionMembers members = members_of(partition);
    std::vector<Vertex> label(partition.community_of.size());
    for (Vertex c = 0; c < partition.community_count; ++c) {
      const auto of = members.of(c);
      const bool large = of.size() >= std::max<std::size_t>(config_.detect.min_ring, 2);
      for (const Vertex v : of) label[v] = large ? of.front() : v;
      if (!large) continue;
      ++row.communities;
      row.accounts += of.size();
      row.largest = std::max<std::uint64_t>(row.largest, of.size());
    }
    partitions_.push_back(canonical_partition(label));
    row.modularity = modularity(links_.view(), partitions_.back());
    row.inside = weight_inside(partitions_.back());
    result_.methods.push_back(std::move(row));
  }

  double weight_inside(const Partition& partition) const {
    const CsrGraph graph = links_.view();
    double inside = 0, all = 0;
    for (Vertex v = 0; v < graph.vertex_count(); ++v) {
      for (ArcIndex arc = graph.arcs_begin(v); arc < graph.arcs_end(v); ++arc) {
        const auto weight = static_cast<double>(graph.weight(arc));
        all += weight;
        if (partition.community_of[v] == partition.community_of[graph.target(arc)]) inside += weight;
      }
    }
    return all > 0 ? inside / all : 0;
  }

  Partition singles() const {
    std::vector<Vertex> label(snapshot_.accounts.size());
    for (Vertex v = 0; v < label.size(); ++v) label[v] = v;
    return canonical_partition(label);
  }

  void add_rings() {
    const RunSummary run = asked_run(store_);
    if (run.run == 0) return;
    result_.run = run.run;
    std::vector<Vertex> label = singles().community_of;
    for (const Ring& ring : read_rings(store_, run.run, RingParts::heads)) {
      std::optional<Vertex> first;
      for (const Member& member : ring.members) {
        const auto v = snapshot_.vertex_of(member.account);
        if (!v) continue;
        if (!first) first = *v;
        label[*v] = *first;
      }
    }
    keep("rings", "the latest run's rings", canonical_partition(label), run.seconds);
  }

  void add_of_links() {
    const CsrGraph graph = links_.view();
    const std::uint64_t seed = config_.detect.seed;
    add("components", "links, connected", [&] { return connected_components(graph, {.threads = config_.threads}); });
    add("leiden-cpm", "links, constant Potts model at detect's resolution", [&] {
      return leiden(graph, {.objective = LeidenObjective::cpm,
                            .resolution = config_.detect.resolution,
                            .seed = seed,
                            .threads = config_.threads});
    });
    add("leiden-modularity", "links, modularity",
        [&] { return leiden(graph, {.seed = seed, .threads = config_.threads}); });
    add("louvain", "links, modularity", [&] { return louvain(graph, {.seed = seed}); });
    add("label-propagation", "links", [&] { return label_propagation(graph, {.seed = seed}); });
    add("spectral", "links, normalised cuts", [&] { return spectral_communities(graph, {.seed = seed}); });
  }

  // Blocks are taken in the order found; an account is of the first that has it.
  Partition dense() const {
    std::vector<Vertex> label = singles().community_of;
    const std::vector<char> all(label.size(), 1);
    const auto blocks = dense_blocks(snapshot_.graph(), all, {.max_blocks = kBlocks, .most_degree = hub_accounts_});
    std::vector<char> taken(label.size(), 0);
    for (const std::vector<Vertex>& block : blocks) {
      std::optional<Vertex> first;
      for (const Vertex v : block) {
        if (taken[v] != 0) continue;
        taken[v] = 1;
        if (!first) first = v;
        label[v] = *first;
      }
    }
    return canonical_partition(label);
  }

  // Throws Error memory, naming what the pairs need, when they do not fit beside what a detection takes.
  template <PairScore Score>
  std::vector<WeightedEdge> pairs_within_memory(const char* what, const Score& score,
                                                std::span<const float> weights) const {
    const BipartiteGraph graph = snapshot_.graph();
    const std::size_t taken = detection_bytes({.accounts = graph.left_count(), .edges = graph.edge_count()});
    const std::uint64_t most =
        (config_.memory_bytes - taken) / kPairBytes;  // not below 0: detection's share was checked
    std::atomic<std::uint64_t> kept = 0;
    std::vector<WeightedEdge> pairs = project_pairs(graph, weights, CountedScore<Score>{score, most, kept},
                                                    {.max_degree = hub_accounts_, .threads = config_.threads});
    if (kept <= most) return pairs;
    throw Error(ErrorCode::memory,
                fmt::format("the {} pairs of {} need about {} MiB and may take {}; raise --memory, narrow --window or "
                            "lower detect.hub_accounts",
                            kept.load(), what, (taken + kept * kPairBytes) >> 20, config_.memory_bytes >> 20));
  }

  template <PairScore Score>
  Partition by_similarity(const char* name, const Score& score, std::span<const float> weights) const {
    const std::vector<WeightedEdge> pairs = pairs_within_memory(name, score, weights);
    return connected_components(static_cast<Vertex>(snapshot_.accounts.size()), pairs, {.threads = config_.threads});
  }

  void add_of_things() {
    add("dense-blocks", "things, FRAUDAR's peeling", [&] { return dense(); });
    const BipartiteGraph graph = snapshot_.graph();
    const RowSums plain = row_sums(graph, {}, hub_accounts_), weighted = row_sums(graph, rarity_, hub_accounts_);
    add("jaccard", "things, components of pairs that share half of all they have", [&] {
      return by_similarity("jaccard", JaccardScore{plain, options_.least_jaccard}, {});
    });
    add("cosine", "things by rarity, components of pairs of cosine 0.5", [&] {
      return by_similarity("cosine", CosineScore{weighted, options_.least_cosine}, rarity_);
    });
    const HypergeometricTail tail(graph.right_count());
    add("hypergeometric", "things, components of pairs that share more than chance (p < 1e-9)", [&] {
      return by_similarity("hypergeometric", TailScore{plain, tail, options_.most_tail}, {});
    });
  }

  void read_truth() {
    if (options_.truth.empty()) return;
    std::map<std::string, Vertex> first;
    std::vector<Vertex> label = singles().community_of;
    read_csv(options_.truth, {{"account", CsvColumn::required}, {"ring", CsvColumn::required}}, [&](const CsvRow& row) {
      if (row[1].empty()) return;
      if (const auto v = snapshot_.vertex_of(hash_value(row[0]))) {
        label[*v] = first.emplace(row[1], *v).first->second;
      } else {
        ++result_.truth_unknown;
      }
    });
    truth_ = canonical_partition(label);
  }

  // The places of the accounts that any partition puts together with another.
  std::vector<Vertex> grouped() const {
    std::vector<char> is(snapshot_.accounts.size(), 0);
    const auto mark = [&](const Partition& partition) {
      std::vector<Vertex> size(partition.community_count, 0);
      for (const Vertex c : partition.community_of) ++size[c];
      for (std::size_t v = 0; v < is.size(); ++v) {
        if (size[partition.community_of[v]] > 1) is[v] = 1;
      }
    };
    for (const Partition& partition : partitions_) mark(partition);
    if (truth_) mark(*truth_);
    std::vector<Vertex> places;
    for (Vertex v = 0; v < is.size(); ++v) {
      if (is[v] != 0) places.push_back(v);
    }
    return places;
  }

  void compare() {
    const std::vector<Vertex> places = grouped();
    result_.compared = places.size();
    const auto among = [&](const Partition& partition) {
      std::vector<Vertex> label;
      label.reserve(places.size());
      for (const Vertex v : places) label.push_back(partition.community_of[v]);
      return canonical_partition(label);
    };
    std::vector<Partition> kept;
    for (const Partition& partition : partitions_) kept.push_back(among(partition));
    for (std::size_t a = 0; a < kept.size(); ++a) {
      auto& row = result_.agreement.emplace_back();
      for (const Partition& b : kept) row.push_back(match(kept[a], b));
      if (truth_) result_.methods[a].with_truth = match(among(*truth_), kept[a]);
    }
  }

  const Store& store_;
  const Config& config_;
  const CompareMethodsOptions& options_;
  Snapshot snapshot_;
  CsrArrays links_;
  std::vector<float> rarity_;
  Vertex hub_accounts_ = 0;
  std::vector<Partition> partitions_;
  std::optional<Partition> truth_;
  MethodComparison result_;
};

Json match_json(const PartitionMatch& match) {
  return {{"ari", match.adjusted_rand},
          {"nmi", match.mutual_information},
          {"b3", {{"p", match.b3_precision}, {"r", match.b3_recall}, {"f1", match.b3_f1()}}}};
}

}  // namespace

const char* to_string(LinkRule rule) { return rule == LinkRule::shared ? "shared" : "significant"; }

MethodComparison compare_methods(const Store& store, const Config& config, const CompareMethodsOptions& options) {
  return Bench(store, config, options).run();
}

std::string methods_to_json(const MethodComparison& comparison) {
  Json methods = Json::array(), agreement = Json::array();
  for (const ComparedMethod& one : comparison.methods) {
    methods.push_back({{"method", one.name},
                       {"means", one.means},
                       {"communities", one.communities},
                       {"accounts", one.accounts},
                       {"largest", one.largest},
                       {"modularity", one.modularity},
                       {"inside", one.inside},
                       {"seconds", one.seconds},
                       {"truth", one.with_truth ? match_json(*one.with_truth) : Json(nullptr)}});
  }
  for (std::size_t a = 0; a < comparison.methods.size(); ++a) {
    for (std::size_t b = 0; b < comparison.methods.size(); ++b) {
      if (a == b) continue;
      Json one = {{"of", comparison.methods[b].name}, {"against", comparison.methods[a].name}};
      one.update(match_json(comparison.agreement[a][b]));
      agreement.push_back(std::move(one));
    }
  }
  const Json json = {{"schema", "ringscope.methods/1"},
                     {"run", comparison.run},
                     {"accounts", comparison.accounts},
                     {"links_by", to_string(comparison.links_by)},
                     {"links", comparison.links},
                     {"compared", comparison.compared},
                     {"truth_unknown", comparison.truth_unknown},
                     {"load_seconds", comparison.load_seconds},
                     {"link_seconds", comparison.link_seconds},
                     {"methods", methods},
                     {"agreement", agreement}};
  return json.dump();
}

}  // namespace ringscope
