#include "spark/native/workers.h"

#include <algorithm>

#include "spark/native/arrays.h"

#include "algorithms/corroboration_parts.h"
#include "engine/detect/project/cluster_block.h"

namespace ringscope::spark {
namespace {

// Read by Python while the call lasts.
template <class T>
nb::object lent(std::span<const T> values) {
  return nb::cast(nb::ndarray<nb::numpy, const T, nb::ndim<1>>(values.data(), {values.size()}),
                  nb::rv_policy::reference);
}

std::vector<Vertex> lefts_of_edges(const BipartiteGraph& graph) {
  std::vector<Vertex> lefts;
  lefts.reserve(graph.edge_count());
  for (Vertex l = 0; l < graph.left_count(); ++l) lefts.insert(lefts.end(), graph.left_degree(l), l);
  return lefts;
}

std::vector<Vertex> rights_of_edges(const BipartiteGraph& graph) {
  std::vector<Vertex> rights;
  rights.reserve(graph.edge_count());
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    const auto row = graph.rights_of(l);
    rights.insert(rights.end(), row.begin(), row.end());
  }
  return rights;
}

std::vector<std::uint32_t> layers_of_rights(const BipartiteGraph& graph) {
  std::vector<std::uint32_t> layers;
  layers.reserve(graph.right_count());
  for (std::size_t k = 0; k < graph.layer_count(); ++k)
    layers.insert(layers.end(), graph.layer_end(k) - graph.layer_begin(k), static_cast<std::uint32_t>(k));
  return layers;
}

std::vector<Vertex> degrees_of_rights(const BipartiteGraph& graph) {
  std::vector<Vertex> degrees(graph.right_count());
  for (Vertex r = 0; r < degrees.size(); ++r) degrees[r] = static_cast<Vertex>(graph.right_degree(r));
  return degrees;
}

// The graph and what its pairs are held against, as columns.
nb::dict columns_of(const BipartiteGraph& graph, const Weights& weights) {
  nb::dict columns;
  columns["edge_left"] = array_of(lefts_of_edges(graph));
  columns["edge_right"] = array_of(rights_of_edges(graph));
  columns["layer"] = array_of(layers_of_rights(graph));
  columns["degree"] = array_of(degrees_of_rights(graph));
  columns["rarity"] = lent<float>(weights.rarity);
  columns["with_consequences"] =
      lent<float>(weights.with_consequences.empty() ? weights.rarity : weights.with_consequences);
  columns["left_scale"] = lent<float>(weights.left_scale);
  columns["layers"] = weights.layers;
  columns["lefts"] = graph.left_count();
  columns["intensity"] = lent<double>(weights.intensity);
  return columns;
}

template <class T>
std::span<const T> column(const nb::object& result, const char* name, Column<T>& keep) {
  keep = nb::cast<Column<T>>(result[name]);
  return view(keep);
}

std::vector<WeightedEdge> edges_of(const nb::object& result) {
  Column<Vertex> u, v;
  Column<float> weight;
  const auto us = column(result, "u", u), vs = column(result, "v", v);
  const auto weights = column(result, "weight", weight);
  std::vector<WeightedEdge> edges;
  edges.reserve(us.size());
  for (std::size_t i = 0; i < us.size(); ++i) edges.push_back({us[i], vs[i], weights[i]});
  std::ranges::sort(
      edges, [](const WeightedEdge& a, const WeightedEdge& b) { return std::pair(a.u, a.v) < std::pair(b.u, b.v); });
  return edges;
}

// Of several blocks' near misses the best: the more surprising, then the smaller account.
std::vector<NearMiss> near_misses_of(const nb::object& result, Vertex accounts) {
  Column<Vertex> at, other;
  Column<float> surprise;
  const auto ats = column(result, "account", at), others = column(result, "other", other);
  const auto surprises = column(result, "surprise", surprise);
  std::vector<NearMiss> best(accounts);
  for (std::size_t i = 0; i < ats.size(); ++i) {
    NearMiss& now = best.at(ats[i]);
    const NearMiss next{others[i], surprises[i]};
    if (now.other == NearMiss::kNobody || next.surprise > now.surprise ||
        (next.surprise == now.surprise && next.other < now.other))
      now = next;
  }
  return best;
}

class SparkHelper final : public DetectHelper {
 public:
  explicit SparkHelper(nb::handle workers) : workers_(workers) {}

  Corroboration corroborate(const BipartiteGraph& graph, const Weights& weights,
                            const CorroborationOptions& options) const override {
    const nb::gil_scoped_acquire held;
    const nb::object result = workers_.attr("corroborate")(
        columns_of(graph, weights), options.by == Corroborating::other_layers, options.most_p, options.chance_links);
    Column<std::uint64_t> counts;
    Column<Vertex> right, left, other;
    const auto surprise_counts = column(result, "counts", counts);
    const auto rights = column(result, "right", right), lefts = column(result, "left", left),
               others = column(result, "other", other);
    std::vector<JoinedLefts> joined;
    for (std::size_t i = 0; i < rights.size(); ++i) joined.push_back({rights[i], lefts[i], others[i]});
    return combine_corroborated(weights.null(graph), surprise_counts, joined, options.threads);
  }

  PairLinks keep_pairs(const BipartiteGraph& graph, const Weights& weights, const PairCuts& cuts,
                       unsigned /*threads*/) const override {
    const nb::gil_scoped_acquire held;
    nb::dict columns = columns_of(graph, weights);
    columns["observed"] = lent<float>(cuts.vouching.observed);
    columns["fitted"] = lent<float>(cuts.vouching.fitted);
    const nb::object result =
        workers_.attr("keep_pairs")(columns, cuts.least_surprise, cuts.vouch_core, cuts.vouch_attach);
    return {edges_of(result["core"]), edges_of(result["attach"]),
            near_misses_of(result["near_misses"], graph.left_count())};
  }

  std::vector<Group> cluster(const BipartiteGraph& graph, const Similarity& similarity,
                             const ClusterOptions& options) const override {
    const nb::gil_scoped_acquire held;
    nb::dict settings;
    settings["resolution"] = options.resolution;
    settings["most_leak"] = options.most_leak;
    settings["least_cohesion"] = options.least_cohesion;
    settings["least_size"] = options.least_size;
    settings["seed"] = options.seed;
    const nb::object result = workers_.attr("cluster")(
        array_of(lefts_of_edges(graph)), array_of(rights_of_edges(graph)), array_of(cluster_bits(graph)),
        edge_columns(similarity.core), edge_columns(similarity.attach),
        array_of(std::vector<std::uint8_t>(similarity.held.begin(), similarity.held.end())), settings);
    return groups_of(result);
  }

 private:
  static std::vector<Group> groups_of(const nb::object& result) {
    Column<Vertex> first, size, member;
    Column<float> cohesion;
    const auto firsts = column(result, "first", first), sizes = column(result, "size", size);
    const auto members = column(result, "member", member);
    const auto cohesions = column(result, "cohesion", cohesion);
    std::vector<std::pair<Vertex, Group>> groups;
    std::size_t at = 0;
    for (std::size_t g = 0; g < firsts.size(); ++g) {
      Group group;
      for (const std::size_t end = at + sizes[g]; at < end; ++at) {
        group.members.push_back(members[at]);
        group.cohesion.push_back(cohesions[at]);
      }
      groups.emplace_back(firsts[g], std::move(group));
    }
    std::ranges::sort(groups, {}, &std::pair<Vertex, Group>::first);
    std::vector<Group> result_groups;
    for (auto& [key, group] : groups) result_groups.push_back(std::move(group));
    return result_groups;
  }

  nb::handle workers_;
};

}  // namespace

std::unique_ptr<DetectHelper> helper_of(nb::handle workers) { return std::make_unique<SparkHelper>(workers); }

}  // namespace ringscope::spark
