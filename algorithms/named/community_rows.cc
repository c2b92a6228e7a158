#include "algorithms/attach.h"
#include "algorithms/components.h"
#include "algorithms/conductance.h"
#include "algorithms/leiden.h"
#include "algorithms/named/named.h"
#include "algorithms/quality.h"
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

Parameter partition_parameter() { return {"partition", ValueType::u32s, "[V] uint32: a label a vertex"}; }

std::vector<ResultInfo> labels_result() {
  return {{"partition", "[V] uint32: community of each vertex, numbered by smallest member"}};
}

}  // namespace

std::vector<Algorithm> community_rows() {
  const LeidenOptions leiden_defaults;
  const Parameter vertex_weights{"vertex_weights", ValueType::f32s,
                                 "[V] float32, > 0, for cpm: what a vertex counts for; none: 1 each",
                                 no_array<float>()};
  const Parameter resolution{"resolution", ValueType::real, "modularity: 1 is Newman's; cpm: least mean weight a pair",
                             leiden_defaults.resolution};
  return {
      {"leiden",
       "leiden.h",
       "Leiden: communities that are connected inside; the same bits at any number of threads.",
       {graph_parameter(),
        {"objective", ValueType::text, "what is made large", std::string("modularity"), {"modularity", "cpm"}},
        resolution,
        {"seed", ValueType::integer, "of the order of vertices", static_cast<std::int64_t>(leiden_defaults.seed)},
        {"max_passes", ValueType::integer, "it ends earlier when little moves",
         std::int64_t{leiden_defaults.max_passes}},
        vertex_weights,
        threads_parameter()},
       labels_result(),
       run_leiden},
      {"connected_components",
       "components.h",
       "Connected components.",
       {graph_parameter(), threads_parameter()},
       labels_result(),
       run_components},
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
        vertex_weights},
       {{"quality", "float64, in weights"}},
       run_cpm},
      {"disconnected_communities",
       "quality.h",
       "How many communities are not connected inside.",
       {graph_parameter(), partition_parameter()},
       {{"communities", "int"}},
       run_disconnected},
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

}  // namespace ringscope::named
