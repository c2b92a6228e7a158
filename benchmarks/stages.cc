// The stages of detection, each by itself, on the graph of a store; and the same product by SuiteSparse:GraphBLAS.
//
//   stages DB OUT [Google Benchmark's options]
//
// Pairs are those of accounts that share an entity of 2 to 200 accounts; a pair weighs the sum of -log2 of its
// entities' shares of the accounts. They are left in OUT (pairs.u32: u, v, u, v, …; weights.f32; stages.json: counts
// and the quality of the partitions) for other programs to do the same with. Before anything is timed it is checked
// that both products hold the same pairs and that the partitions hold together.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#ifdef RINGSCOPE_GRAPHBLAS
#include <complex>
extern "C" {  // version 7 does not say so itself
#include <GraphBLAS.h>
}
#endif

#include "algorithms/components.h"
#include "algorithms/leiden.h"
#include "algorithms/projection.h"
#include "algorithms/quality.h"
#include "engine/detect/detect.h"
#include "engine/detect/project/pairs.h"
#include "engine/json.h"

namespace {

using namespace ringscope;

constexpr Vertex kMostDegree = 200;
constexpr unsigned kThreads = 2;

struct KeepAll {
  std::optional<float> operator()(Vertex, Vertex, Vertex, double weight) const { return static_cast<float>(weight); }
};

struct World {
  explicit World(const std::string& db) : store(Store::open(db, {.mode = OpenMode::read_only})) {
    config.threads = kThreads;
    snapshot = load_window(*store, config);
    const BipartiteGraph graph = snapshot.graph();
    weights = projection_weights(graph, {}, {2, kMostDegree});
    for (Vertex r = 0; r < graph.right_count(); ++r) {
      if (weights[r] > 0)
        weights[r] = std::log2(static_cast<float>(graph.left_count()) / static_cast<float>(graph.right_degree(r)));
    }
    pairs = project();
    csr = build_csr(graph.left_count(), pairs);
  }

  std::vector<WeightedEdge> project() const {
    return project_pairs(snapshot.graph(), weights, KeepAll{}, {.max_degree = kMostDegree, .threads = kThreads});
  }

  Config config;
  std::unique_ptr<Store> store;
  Snapshot snapshot;
  std::vector<float> weights;
  std::vector<WeightedEdge> pairs;
  CsrArrays csr;
};

std::unique_ptr<World> world;

void check(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("the answer is wrong: ") + what);
}

#ifdef RINGSCOPE_GRAPHBLAS
void must(GrB_Info info) { check(info == GrB_SUCCESS, "GraphBLAS refuses"); }

// Accounts by entities that take part, with the entities' weights or 1.
GrB_Matrix matrix_of(bool weighted) {
  const BipartiteGraph graph = world->snapshot.graph();
  std::vector<GrB_Index> rows, columns;
  std::vector<float> values;
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    for (const Vertex r : graph.rights_of(l)) {
      if (world->weights[r] <= 0) continue;
      rows.push_back(l);
      columns.push_back(r);
      values.push_back(weighted ? world->weights[r] : 1.0F);
    }
  }
  GrB_Matrix matrix = nullptr;
  must(GrB_Matrix_new(&matrix, GrB_FP32, graph.left_count(), graph.right_count()));
  must(GrB_Matrix_build_FP32(matrix, rows.data(), columns.data(), values.data(), rows.size(), nullptr));
  must(GrB_Matrix_wait(matrix, GrB_MATERIALIZE));
  return matrix;
}

// Entries of A * B'.
GrB_Index product(GrB_Matrix a, GrB_Matrix b) {
  GrB_Matrix c = nullptr;
  must(GrB_Matrix_new(&c, GrB_FP32, world->snapshot.accounts.size(), world->snapshot.accounts.size()));
  must(GrB_mxm(c, nullptr, nullptr, GrB_PLUS_TIMES_SEMIRING_FP32, a, b, GrB_DESC_T1));
  must(GrB_Matrix_wait(c, GrB_MATERIALIZE));
  GrB_Index entries = 0;
  must(GrB_Matrix_nvals(&entries, c));
  GrB_Matrix_free(&c);
  return entries;
}

void graphblas(benchmark::State& state) {
  GrB_Matrix a = matrix_of(false), b = matrix_of(true);
  std::vector<char> has(world->snapshot.accounts.size(), 0);
  for (const WeightedEdge& pair : world->pairs) has[pair.u] = has[pair.v] = 1;
  const auto diagonal = static_cast<GrB_Index>(std::count(has.begin(), has.end(), 1));
  check(product(a, b) == 2 * world->pairs.size() + diagonal, "GraphBLAS finds other pairs");
  for (auto _ : state) benchmark::DoNotOptimize(product(a, b));
  GrB_Matrix_free(&a);
  GrB_Matrix_free(&b);
}
#endif

void load(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(load_window(*world->store, world->config));
}

void count_pairs(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(world->project());
}

// Weights, null model, q-values, vouching: what detection does with pairs.
void weigh_and_test(benchmark::State& state) {
  const PairStage stage(world->config, world->snapshot, {});
  for (auto _ : state) {
    const PairStage::Weighed weighed = stage.weigh(world->snapshot.graph());
    benchmark::DoNotOptimize(stage.project(world->snapshot.graph(), weighed));
  }
}

// What is asked with the bare product beside it: the tested pairs of weights that are known.
void test_pairs(benchmark::State& state) {
  const PairStage stage(world->config, world->snapshot, {});
  const PairStage::Weighed weighed = stage.weigh(world->snapshot.graph());
  for (auto _ : state) benchmark::DoNotOptimize(stage.project(world->snapshot.graph(), weighed));
}

void components(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(connected_components(world->csr.view(), {.threads = kThreads}));
}

void communities(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(leiden(world->csr.view(), {.threads = kThreads}));
}

template <class Value>
void write_binary(const std::filesystem::path& file, const std::vector<Value>& values) {
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(Value)));
  check(out.good(), "cannot write");
}

void leave(const std::filesystem::path& out) {
  std::vector<std::uint32_t> ends;
  std::vector<float> weights;
  for (const WeightedEdge& pair : world->pairs) {
    ends.push_back(pair.u);
    ends.push_back(pair.v);
    weights.push_back(pair.weight);
  }
  write_binary(out / "pairs.u32", ends);
  write_binary(out / "weights.f32", weights);
  const Partition parts = connected_components(world->csr.view(), {.threads = kThreads});
  const Partition whole = connected_components(world->csr.view(), {.threads = 1});
  check(parts.community_of == whole.community_of, "components depend on the threads");
  const Partition found = leiden(world->csr.view(), {.threads = kThreads});
  check(found.community_of == leiden(world->csr.view(), {.threads = 1}).community_of, "Leiden depends on the threads");
  const Json counts = {{"accounts", world->snapshot.accounts.size()},
                       {"entities", world->snapshot.entities.size()},
                       {"edges", world->snapshot.graph().edge_count()},
                       {"pairs", world->pairs.size()},
                       {"components", parts.community_count},
                       {"communities", found.community_count},
                       {"modularity", modularity(world->csr.view(), found)},
                       {"disconnected", disconnected_communities(world->csr.view(), found)}};
  std::ofstream(out / "stages.json") << counts.dump() << "\n";
}

void add(const char* name, void (*body)(benchmark::State&)) {
  benchmark::RegisterBenchmark(name, body)->Unit(benchmark::kMillisecond)->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: stages DB OUT [options of Google Benchmark]\n", stderr);
    return 2;
  }
  try {
    world = std::make_unique<World>(argv[1]);
    leave(argv[2]);
    add("load", load);
    add("pairs", count_pairs);
    add("weigh_and_test_pairs", weigh_and_test);
    add("test_pairs", test_pairs);
    add("components", components);
    add("leiden", communities);
#ifdef RINGSCOPE_GRAPHBLAS
    must(GrB_init(GrB_NONBLOCKING));
    must(GxB_Global_Option_set(GxB_GLOBAL_NTHREADS, static_cast<int>(kThreads)));
    add("graphblas", graphblas);
#endif
    argv[2] = argv[0];
    argc -= 2;
    benchmark::Initialize(&argc, argv + 2);
    benchmark::RunSpecifiedBenchmarks();
    world.reset();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stages: %s\n", error.what());
    return 1;
  }
}
