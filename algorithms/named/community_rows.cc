#include "algorithms/attach.h"
#include "algorithms/components.h"
#include "algorithms/conductance.h"
#include "algorithms/label_propagation.h"
#include "algorithms/leiden.h"
#include "algorithms/louvain.h"
#include "algorithms/merge_tree.h"
#include "algorithms/named/named.h"
#include "algorithms/partition_match.h"
#include "algorithms/quality.h"
#include "algorithms/spectral_cut.h"
#include "algorithms/transitivity.h"

namespace ringscope::named {
namespace {

Outputs labels_of(Partition&& partition) { return {std::move(partition.community_of)}; }

LeidenOptions leiden_options(const Arguments& a) {
  return {.objective = a.text("objective") == "cpm" ? LeidenObjective::cpm : LeidenObjective::modularity,
          .resolution = a.real("resolution"),
          .seed = a.integer<std::uint64_t>("seed"),
          .max_passes = a.integer<int>("max_passes"),
          .vertex_weights = a.f32s("vertex_weights"),
          .threads = a.integer<unsigned>("threads")};
}

Partition given_partition(const Arguments& a) { return partition_of(a.u32s("partition"), a.graph().vertex_count()); }

Outputs run_leiden(const Arguments& a) { return labels_of(leiden(a.graph(), leiden_options(a))); }

Outputs run_components(const Arguments& a) {
  return labels_of(connected_components(a.graph(), {.threads = a.integer<unsigned>("threads")}));
}

Outputs run_modularity(const Arguments& a) { return {modularity(a.graph(), given_partition(a), a.real("resolution"))}; }

Outputs run_cpm(const Arguments& a) {
  check_length("vertex_weights", a.f32s("vertex_weights").size(), a.graph().vertex_count(), true);
  return {cpm_quality(a.graph(), given_partition(a), a.real("resolution"), a.f32s("vertex_weights"))};
}

Outputs run_disconnected(const Arguments& a) {
  return {static_cast<std::int64_t>(disconnected_communities(a.graph(), given_partition(a)))};
}

Outputs run_attach(const Arguments& a) { return labels_of(attach(given_partition(a), edges_of(a.graph()))); }

Outputs run_leaky(const Arguments& a) {
  return labels_of(merge_leaky(given_partition(a), edges_of(a.graph()), a.real("most_leak")));
}

Outputs run_transitive(const Arguments& a) {
  return labels_of(merge_transitive(given_partition(a), edges_of(a.graph())));
}

Outputs run_canonical(const Arguments& a) { return labels_of(canonical_partition(a.u32s("labels"))); }

MergeTree tree_of(const Arguments& a) { return build_merge_tree(a.graph().vertex_count(), edges_of(a.graph())); }

Outputs run_merge_tree(const Arguments& a) {
  MergeTree tree = tree_of(a);
  const auto& nodes = tree.nodes;
  return {column_of<float>(nodes, [](const MergeNode& n) { return n.strength; }),
          column_of<float>(nodes, [](const MergeNode& n) { return n.bridge; }),
          column_of<std::uint32_t>(nodes, [](const MergeNode& n) { return n.parent; }),
          column_of<std::uint32_t>(nodes, [](const MergeNode& n) { return n.begin; }),
          column_of<std::uint32_t>(nodes, [](const MergeNode& n) { return n.size; }),
          column_of<std::uint64_t>(nodes, [](const MergeNode& n) { return n.edges; }),
          std::move(tree.order)};
}

Outputs run_partition_at(const Arguments& a) {
  return labels_of(partition_at(tree_of(a), static_cast<float>(a.real("cut"))));
}

Outputs run_merge_curve(const Arguments& a) {
  const std::vector<CutPoint> curve = merge_curve(tree_of(a).nodes);
  return {column_of<float>(curve, [](const CutPoint& c) { return c.strength; }),
          column_of<std::uint64_t>(curve, [](const CutPoint& c) { return c.components; }),
          column_of<std::uint64_t>(curve, [](const CutPoint& c) { return c.vertices; }),
          column_of<std::uint32_t>(curve, [](const CutPoint& c) { return c.largest; }),
          column_of<std::uint32_t>(curve, [](const CutPoint& c) { return c.second; }),
          column_of<double>(curve, [](const CutPoint& c) { return c.others; })};
}

Outputs run_louvain(const Arguments& a) {
  return labels_of(louvain(a.graph(), {.resolution = a.real("resolution"), .seed = a.integer<std::uint64_t>("seed")}));
}

Outputs run_label_propagation(const Arguments& a) {
  return labels_of(label_propagation(
      a.graph(), {.max_rounds = a.integer<int>("max_rounds"), .seed = a.integer<std::uint64_t>("seed")}));
}

Outputs run_spectral(const Arguments& a) {
  return labels_of(spectral_communities(a.graph(), {.most_conductance = a.real("most_conductance"),
                                                    .iterations = a.integer<int>("iterations"),
                                                    .seed = a.integer<std::uint64_t>("seed")}));
}

Outputs run_match(const Arguments& a) {
  check_length("found", a.u32s("found").size(), a.u32s("truth").size(), false);
  const PartitionMatch found = match(canonical_partition(a.u32s("truth")), canonical_partition(a.u32s("found")));
  return {found.adjusted_rand, found.mutual_information, found.b3_precision, found.b3_recall};
}

Parameter vertex_weights_parameter() {
  return {"vertex_weights", ValueType::f32s, "[V] float32, > 0, for cpm: what a vertex counts for; none: 1 each",
          no_array<float>()};
}

Parameter partition_parameter() { return {"partition", ValueType::u32s, "[V] uint32: a label a vertex"}; }

std::vector<ResultInfo> labels_result() {
  return {{"partition", "[V] uint32: community of each vertex, numbered by smallest member"}};
}

// Partitions of a graph.
std::vector<Algorithm> partition_rows() {
  const LeidenOptions leiden_defaults;
  return {
      {"leiden",
       "leiden.h",
       "Leiden: communities that are connected inside; the same bits at any number of threads.",
       {graph_parameter(),
        {"objective", ValueType::text, "what is made large", std::string("modularity"), {"modularity", "cpm"}},
        {"resolution", ValueType::real, "modularity: 1 is Newman's; cpm: least mean weight a pair",
         leiden_defaults.resolution},
        {"seed", ValueType::integer, "of the order of vertices", static_cast<std::int64_t>(leiden_defaults.seed)},
        {"max_passes", ValueType::integer, "it ends earlier when little moves",
         std::int64_t{leiden_defaults.max_passes}},
        vertex_weights_parameter(),
        threads_parameter()},
       labels_result(),
       run_leiden},
      {"louvain",
       "louvain.h",
       "Louvain: communities of large modularity; they need not be connected.",
       {graph_parameter(),
        {"resolution", ValueType::real, "1 is Newman's modularity", 1.0},
        {"seed", ValueType::integer, "of the order of vertices", std::int64_t{1}}},
       labels_result(),
       run_louvain},
      {"label_propagation",
       "label_propagation.h",
       "Label propagation: every vertex takes the label that weighs most among its neighbours.",
       {graph_parameter(),
        {"max_rounds", ValueType::integer, "it ends earlier when nothing changes", std::int64_t{50}},
        {"seed", ValueType::integer, "of the order of vertices", std::int64_t{1}}},
       labels_result(),
       run_label_propagation},
      {"spectral_communities",
       "spectral_cut.h",
       "Components cut in two along the second eigenvector, as long as a cut is cheap.",
       {graph_parameter(),
        {"most_conductance", ValueType::real, "weight over the cut as a share of the smaller side's", 0.15},
        {"iterations", ValueType::integer, "of the power method", std::int64_t{200}},
        {"seed", ValueType::integer, "of the first vector", std::int64_t{1}}},
       labels_result(),
       run_spectral},
      {"connected_components",
       "components.h",
       "Connected components.",
       {graph_parameter(), threads_parameter()},
       labels_result(),
       run_components},
  };
}

// Partitions made of partitions.
std::vector<Algorithm> refining_rows() {
  return {
      {"attach",
       "attach.h",
       "Grows communities of two or more along weaker edges, strongest first, never joining two of them.",
       {graph_parameter(), partition_parameter()},
       labels_result(),
       run_attach},
      {"merge_leaky",
       "conductance.h",
       "Merges communities that share too much of their edge weight with others.",
       {graph_parameter(),
        partition_parameter(),
        {"most_leak", ValueType::real, "share of the weight of a community's edges that may leave it", 0.15}},
       labels_result(),
       run_leaky},
      {"merge_transitive",
       "transitivity.h",
       "Merges three communities of which each is tied to both others by edges of its own.",
       {graph_parameter(), partition_parameter()},
       labels_result(),
       run_transitive},
      {"canonical_partition",
       "partition.h",
       "Numbers the communities of any labels by smallest member, so that equal partitions are equal arrays.",
       {{"labels", ValueType::u32s, "[V] uint32"}},
       labels_result(),
       run_canonical},
  };
}

// What a partition is worth, and how far two agree.
std::vector<Algorithm> quality_rows() {
  return {
      {"modularity",
       "quality.h",
       "Modularity of a partition.",
       {graph_parameter(), partition_parameter(), {"resolution", ValueType::real, "1 is Newman's", 1.0}},
       {{"modularity", "float64"}},
       run_modularity},
      {"cpm_quality",
       "quality.h",
       "Quality of a partition under the constant Potts model.",
       {graph_parameter(),
        partition_parameter(),
        {"resolution", ValueType::real, "weight a pair should have"},
        vertex_weights_parameter()},
       {{"quality", "float64, in weights"}},
       run_cpm},
      {"disconnected_communities",
       "quality.h",
       "How many communities are not connected inside.",
       {graph_parameter(), partition_parameter()},
       {{"communities", "int"}},
       run_disconnected},
      {"match",
       "partition_match.h",
       "How far two partitions agree.",
       {{"truth", ValueType::u32s, "[V] uint32: a label a vertex"},
        {"found", ValueType::u32s, "[V] uint32: a label a vertex"}},
       {{"adjusted_rand", "float64, 0: as by chance"},
        {"mutual_information", "float64, [0, 1]"},
        {"b3_precision", "float64, of found"},
        {"b3_recall", "float64, of found"}},
       run_match},
  };
}

// Components at every cut.
std::vector<Algorithm> merge_tree_rows() {
  return {
      {"merge_tree",
       "merge_tree.h",
       "The connected components at every cut of the edges' strength, as a tree.",
       {graph_parameter()},
       {{"strength", "[n] float32: the node is so at cuts up to this, descending"},
        {"bridge", "[n] float32: the strongest cut at which it is of one piece"},
        {"parent", "[n] uint32; 4294967295: none"},
        {"begin", "[n] uint32: its members are order[begin:begin + size]"},
        {"size", "[n] uint32"},
        {"edges", "[n] uint64: among its members"},
        {"order", "[V] uint32: all vertices"}},
       run_merge_tree},
      {"components_at",
       "merge_tree.h",
       "Connected components of the edges that are at least so strong.",
       {graph_parameter(), {"cut", ValueType::real, "the least weight"}},
       labels_result(),
       run_partition_at},
      {"merge_curve",
       "merge_tree.h",
       "How components are at each strength at which some meet.",
       {graph_parameter()},
       {{"strength", "[n] float32, descending"},
        {"components", "[n] uint64, of two vertices or more"},
        {"vertices", "[n] uint64: in them"},
        {"largest", "[n] uint32"},
        {"second", "[n] uint32"},
        {"others", "[n] float64: mean size of the component of a vertex outside the largest"}},
       run_merge_curve},
  };
}

}  // namespace

std::vector<Algorithm> community_rows() {
  return rows_of({partition_rows(), refining_rows(), quality_rows(), merge_tree_rows()});
}

}  // namespace ringscope::named
