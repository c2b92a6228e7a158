// Leiden against igraph's, on graphs of the field.
#include <doctest/doctest.h>

#include "algorithms/leiden.h"
#include "algorithms/quality.h"

#ifdef RINGSCOPE_IGRAPH
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <igraph/igraph.h>
#include <zlib.h>

namespace ringscope {
namespace {

std::filesystem::path communities_folder() {
  const char* data = std::getenv("RINGSCOPE_DATA");
  const std::filesystem::path root = data != nullptr ? data : RINGSCOPE_SOURCE_DIR "/../shared/data";
  return root / "communities";
}

// Lines "u,v", after a heading; parallel edges become one of weight 1.
CsrArrays read_graph(const std::filesystem::path& file) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(file.c_str(), "rb"), gzclose);
  REQUIRE(in);
  std::vector<WeightedEdge> edges;
  Vertex n = 0;
  char line[256];
  while (gzgets(in.get(), line, sizeof line) != nullptr) {
    unsigned u = 0;
    unsigned v = 0;
    if (std::sscanf(line, "%u,%u", &u, &v) != 2) continue;
    edges.push_back({u, v, 1.0F});
    n = std::max({n, u + 1, v + 1});
  }
  CsrArrays arrays = build_csr(n, edges);
  std::fill(arrays.weights.begin(), arrays.weights.end(), 1.0F);
  return arrays;
}

// igraph's Leiden with two iterations, its default.
Partition igraph_leiden(const CsrGraph& graph, const LeidenOptions& options = {}) {
  igraph_vector_int_t ends;
  igraph_vector_int_init(&ends, 0);
  for (Vertex v = 0; v < graph.vertex_count(); ++v) {
    for (const Vertex u : graph.neighbors(v)) {
      if (u < v) continue;
      igraph_vector_int_push_back(&ends, v);
      igraph_vector_int_push_back(&ends, u);
    }
  }
  igraph_t copy;
  igraph_create(&copy, &ends, graph.vertex_count(), IGRAPH_UNDIRECTED);
  igraph_vector_t strengths;
  igraph_vector_init(&strengths, 0);
  igraph_strength(&copy, &strengths, igraph_vss_all(), IGRAPH_ALL, IGRAPH_NO_LOOPS, nullptr);
  igraph_vector_int_t membership;
  igraph_vector_int_init(&membership, 0);
  igraph_rng_seed(igraph_rng_default(), options.seed);
  const bool cpm = options.objective == LeidenObjective::cpm;
  const double resolution = cpm ? options.resolution : options.resolution / static_cast<double>(graph.arc_count());
  igraph_community_leiden(&copy, nullptr, cpm ? nullptr : &strengths, resolution, 0.01, false, 2, &membership, nullptr,
                          nullptr);
  std::vector<Vertex> labels(graph.vertex_count());
  for (std::size_t v = 0; v < labels.size(); ++v) {
    labels[v] = static_cast<Vertex>(igraph_vector_int_get(&membership, static_cast<igraph_integer_t>(v)));
  }
  igraph_vector_int_destroy(&membership);
  igraph_vector_destroy(&strengths);
  igraph_destroy(&copy);
  igraph_vector_int_destroy(&ends);
  return canonical_partition(labels);
}

// Mean cpm quality over seeds; of one run it swings by some percent, ours and theirs.
template <class Cluster>
double mean_cpm(const CsrGraph& graph, double resolution, const Cluster& cluster) {
  constexpr int kSeeds = 5;
  double sum = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const LeidenOptions options{
        .objective = LeidenObjective::cpm, .resolution = resolution, .seed = static_cast<std::uint64_t>(seed)};
    sum += cpm_quality(graph, cluster(graph, options), resolution);
  }
  return sum / kSeeds;
}

template <class Check>
void for_each_graph(const Check& check) {
  const std::filesystem::path folder = communities_folder();
  if (!std::filesystem::is_directory(folder)) {
    MESSAGE("skipped: no folder " << folder.string());
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_directory()) continue;
    INFO(entry.path().filename().string());
    check(read_graph(entry.path() / "edges.csv.gz").view());
  }
}

TEST_CASE("leiden: modularity within 0.005 of igraph's on graphs of the field, no community disconnected") {
  for_each_graph([](const CsrGraph& graph) {
    const Partition partition = leiden(graph);
    CHECK(modularity(graph, partition) >= modularity(graph, igraph_leiden(graph)) - 0.005);
    CHECK(disconnected_communities(graph, partition) == 0);
  });
}

TEST_CASE("leiden: cpm quality within 1% of igraph's on graphs of the field") {
  for_each_graph([](const CsrGraph& graph) {
    if (graph.edge_count() > 50'000) return;  // to be quick in debug builds
    for (const double resolution : {0.02, 0.1, 0.4}) {
      CHECK(mean_cpm(graph, resolution, leiden) >= 0.99 * mean_cpm(graph, resolution, igraph_leiden));
    }
  });
}

}  // namespace
}  // namespace ringscope

#else
TEST_CASE("leiden: quality against igraph's") { MESSAGE("skipped: built without igraph"); }
#endif
