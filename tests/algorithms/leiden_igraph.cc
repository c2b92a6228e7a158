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
Partition igraph_leiden(const CsrGraph& graph, const LeidenOptions& options) {
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
  igraph_rng_seed(igraph_rng_default(), 42);
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

TEST_CASE("leiden: as good as igraph's on graphs of the field, by modularity and by cpm") {
  const std::filesystem::path folder = communities_folder();
  if (!std::filesystem::is_directory(folder)) {
    MESSAGE("skipped: no folder " << folder.string());
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_directory()) continue;
    INFO(entry.path().filename().string());
    const CsrArrays arrays = read_graph(entry.path() / "edges.csv.gz");
    const CsrGraph graph = arrays.view();
    const Partition partition = leiden(graph);
    CHECK(modularity(graph, partition) >= modularity(graph, igraph_leiden(graph, {})) - 0.005);
    CHECK(disconnected_communities(graph, partition) == 0);

    for (const double resolution : {0.02, 0.1, 0.4}) {
      const LeidenOptions options{.objective = LeidenObjective::cpm, .resolution = resolution};
      const double theirs = cpm_quality(graph, igraph_leiden(graph, options), resolution);
      CHECK(cpm_quality(graph, leiden(graph, options), resolution) >= 0.995 * theirs);
    }
  }
}

}  // namespace
}  // namespace ringscope

#else
TEST_CASE("leiden: as good as igraph's on graphs of the field, by modularity and by cpm") {
  MESSAGE("skipped: built without igraph");
}
#endif
