#include <algorithm>

#include "algorithms/consequences.h"
#include "algorithms/dense_block.h"
#include "algorithms/enrichment.h"
#include "algorithms/likeness.h"
#include "algorithms/named/named.h"
#include "algorithms/projection.h"
#include "algorithms/shuffle.h"
#include "algorithms/similarity.h"
#include "base/error.h"

namespace ringscope::named {
namespace {

ProjectionOptions projection_options(const Arguments& a) {
  return {a.integer<Vertex>("max_degree"), a.integer<unsigned>("threads")};
}

Outputs run_project(const Arguments& a) {
  const BipartiteGraph& graph = a.bipartite();
  const std::span<const float> weights = a.f32s("weights");
  const ProjectionOptions options = projection_options(a);
  const RowSums rows = row_sums(graph, weights, options.max_degree);
  const double cut = a.real("cut");
  const std::string& measure = a.text("measure");
  if (measure == "jaccard") return {project_left(graph, weights, JaccardScore{rows, cut}, options)};
  if (measure == "cosine") return {project_left(graph, weights, CosineScore{rows, cut}, options)};
  if (measure == "bits") return {project_left(graph, weights, BitsScore{cut}, options)};
  const std::vector<float> taking_part = projection_weights(graph, weights, {1, options.max_degree});
  const auto population = std::ranges::count_if(taking_part, [](float weight) { return weight > 0; });
  const HypergeometricTail tail(static_cast<Vertex>(population));
  return {project_left(graph, weights, TailScore{rows, tail, cut}, options)};
}

Outputs run_estimate(const Arguments& a) {
  const PairCounts counts = estimate_pairs(a.bipartite(), a.integer<Vertex>("max_degree"));
  return {static_cast<std::int64_t>(counts.pairs), static_cast<std::int64_t>(counts.right_vertices),
          static_cast<std::int64_t>(counts.hubs)};
}

std::vector<char> flags_of(const Arguments& a, std::string_view name, std::size_t count) {
  const auto given = a.u32s(name);
  check_length(name, given.size(), count, true);
  std::vector<char> flags(count, 1);
  for (std::size_t i = 0; i < given.size(); ++i) flags[i] = given[i] != 0 ? 1 : 0;
  return flags;
}

Outputs run_dense(const Arguments& a) {
  const auto blocks = dense_blocks(
      a.bipartite(), flags_of(a, "taking_part", a.bipartite().left_count()),
      {a.integer<std::size_t>("max_blocks"), a.integer<Vertex>("least_left"), a.integer<Vertex>("most_degree")});
  std::vector<std::uint64_t> offsets = {0};
  std::vector<std::uint32_t> lefts;
  for (const auto& block : blocks) {
    lefts.insert(lefts.end(), block.begin(), block.end());
    offsets.push_back(lefts.size());
  }
  return {std::move(offsets), std::move(lefts)};
}

Outputs run_enriched(const Arguments& a) {
  const BipartiteGraph& graph = a.bipartite();
  check_length("rarity", a.f32s("rarity").size(), graph.right_count());
  const auto found = find_enriched(graph, a.f32s("rarity"), flags_of(a, "open", graph.left_count()),
                                   {a.real("alpha"), a.real("least_share"), a.integer<Vertex>("least_degree")});
  return {column_of<std::uint32_t>(found, [](const Enriched& e) { return e.right; }),
          column_of<std::uint32_t>(found, [](const Enriched& e) { return e.layer; }),
          column_of<std::uint32_t>(found, [](const Enriched& e) { return e.degree; }),
          column_of<double>(found, [](const Enriched& e) { return e.p; })};
}

Outputs run_consequences(const Arguments& a) {
  const Consequences found = find_consequences(
      a.bipartite(), {a.integer<Vertex>("other_layers"), a.real("least_share"), a.real("least_rights")});
  std::vector<std::uint64_t> offsets = found.offsets();
  offsets.resize(std::size_t{a.bipartite().right_count()} + 1, found.targets().size());
  return {std::move(offsets), found.targets()};
}

Outputs run_likeness(const Arguments& a) {
  const BipartiteGraph& graph = a.bipartite();
  const auto group = a.u32s("group");
  check_below("group", group, graph.left_count());
  check_ascending("group", group);
  const std::size_t layers = graph.layer_count();
  LikenessView view{graph, {}, {}};
  for (std::size_t k = 0; k < layers; ++k) view.layers.push_back({k, static_cast<float>(a.real("most_bits")), 1});
  Likeness likeness({view}, layers);
  const std::vector<Vertex> members(group.begin(), group.end());
  likeness.set_group(members);
  std::vector<float> bits;
  bits.reserve(graph.left_count() * layers);
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    const bool member = std::ranges::binary_search(members, l);
    const std::vector<float> own =
        likeness.bits(l, member ? std::span<const Vertex>(&l, 1) : std::span<const Vertex>());
    bits.insert(bits.end(), own.begin(), own.end());
  }
  return {std::move(bits)};
}

Outputs run_shuffle(const Arguments& a) {
  return {shuffle_preserving_degrees(a.bipartite(), {a.integer<std::uint64_t>("seed"), a.integer<int>("swaps")})};
}

Outputs run_build(const Arguments& a) {
  const auto offsets = a.u64s("indptr");
  const auto targets = a.u32s("indices");
  const auto layers = a.u32s("layer_offsets");
  if (layers.empty() || layers.front() != 0 || !std::ranges::is_sorted(layers))
    throw Error(ErrorCode::usage, "must ascend from 0", "layer_offsets");
  check_rows(offsets, targets, layers.back());
  return {build_bipartite({offsets.begin(), offsets.end()}, {targets.begin(), targets.end()}, layers.back(),
                          {layers.begin(), layers.end()})};
}

Parameter max_degree() {
  return {"max_degree", ValueType::integer, "a right vertex of more left vertices is a hub and takes no part",
          std::int64_t{ProjectionOptions{}.max_degree}};
}

Parameter rarity() { return {"rarity", ValueType::f32s, "[right] float32: a right vertex takes part when above 0"}; }

// Pairs and blocks of left vertices.
std::vector<Algorithm> projection_rows() {
  const DenseBlockOptions dense;
  return {
      {"project",
       "similarity.h",
       "Pairs of left vertices that share right vertices, as a graph: by Jaccard, cosine, summed weights or the tail "
       "of "
       "the hypergeometric distribution.",
       {bipartite_parameter(),
        {"measure",
         ValueType::text,
         "tail: edges weigh -log2 of the p-value",
         std::string("jaccard"),
         {"jaccard", "cosine", "bits", "tail"}},
        {"cut", ValueType::real, "the least similarity that is kept; of tail the largest p-value", 0.0},
        {"weights", ValueType::f32s, "[right] float32; none: 1 each", no_array<float>()},
        max_degree(),
        threads_parameter()},
       {{"graph", "Graph of the left vertices"}},
       run_project},
      {"estimate_pairs",
       "projection.h",
       "What a projection would cost.",
       {bipartite_parameter(), max_degree()},
       {{"pairs", "int: sum of d(d-1)/2"},
        {"right_vertices", "int: of degree 2 to max_degree"},
        {"hubs", "int: above"}},
       run_estimate},
      {"dense_blocks",
       "dense_block.h",
       "Left vertices that touch much in common that few others touch (FRAUDAR), densest first.",
       {bipartite_parameter(),
        {"taking_part", ValueType::u32s, "[left] uint32, 0: no; none: all", no_array<std::uint32_t>()},
        {"max_blocks", ValueType::integer, "count", static_cast<std::int64_t>(dense.max_blocks)},
        {"least_left", ValueType::integer, "left vertices of a block", std::int64_t{dense.least_left}},
        {"most_degree", ValueType::integer, "right vertices of more are left out", std::int64_t{dense.most_degree}}},
       {{"offsets", "[blocks + 1] uint64"},
        {"lefts", "[n] uint32: of block b those from offsets[b] to offsets[b + 1]"}},
       run_dense},
  };
}

// What right vertices say of each other, and of left ones.
std::vector<Algorithm> right_rows() {
  const EnrichmentOptions enrich;
  const ConsequenceOptions follow;
  return {
      {"enriched",
       "enrichment.h",
       "Right vertices whose left vertices share in another layer far more often than left vertices do in general.",
       {bipartite_parameter(),
        rarity(),
        {"open", ValueType::u32s, "[left] uint32, 0: explained already; none: all are open", no_array<std::uint32_t>()},
        {"alpha", ValueType::real, "false discovery rate", enrich.alpha},
        {"least_share", ValueType::real, "of its left vertices that must share elsewhere", enrich.least_share},
        {"least_degree", ValueType::integer, "of the right vertex", std::int64_t{enrich.least_degree}}},
       {{"right", "[n] uint32"},
        {"layer", "[n] uint32: where they share"},
        {"degree", "[n] uint32: of what they share"},
        {"p", "[n] float64, upper bound"}},
       run_enriched},
      {"consequences",
       "consequences.h",
       "Which right vertices follow from others: who has a card has its issuer.",
       {bipartite_parameter(),
        {"other_layers", ValueType::integer, "in which a pair must differ to count as strangers",
         std::int64_t{follow.other_layers}},
        {"least_share", ValueType::real, "of such pairs must agree", follow.least_share},
        {"least_rights", ValueType::real, "right vertices that this is seen on", follow.least_rights}},
       {{"offsets", "[right + 1] uint64"}, {"targets", "[n] uint32: what follows from r, from offsets[r] on"}},
       run_consequences},
      {"likeness",
       "likeness.h",
       "By how many bits each left vertex looks like a member of a group, layer by layer; members held against the "
       "rest.",
       {bipartite_parameter(),
        {"group", ValueType::u32s, "[n] uint32, ascending: left vertices"},
        {"most_bits", ValueType::real, "that a layer can say", 40.0}},
       {{"bits", "[left * layers] float32, row by row"}},
       run_likeness},
  };
}

// Bipartite graphs.
std::vector<Algorithm> graph_making_rows() {
  const ShuffleOptions shuffle;
  return {
      {"shuffle",
       "shuffle.h",
       "A random bipartite graph in which every vertex keeps its degree, in every layer.",
       {bipartite_parameter(),
        {"seed", ValueType::integer, "of the switches", static_cast<std::int64_t>(shuffle.seed)},
        {"swaps", ValueType::integer, "how often an edge is tried, in the mean", std::int64_t{shuffle.swaps}}},
       {{"graph", "BipartiteGraph of the same shape"}},
       run_shuffle},
      {"build_bipartite",
       "bipartite_graph.h",
       "A bipartite graph out of its left rows.",
       {{"indptr", ValueType::u64s, "[left + 1] uint64"},
        {"indices", ValueType::u32s, "[E] uint32: right vertices, each row ascending"},
        {"layer_offsets", ValueType::u32s, "[layers + 1] uint32: first right vertex of each, and their number"}},
       {{"graph", "BipartiteGraph, left x right"}},
       run_build},
  };
}

}  // namespace

std::vector<Algorithm> bipartite_rows() { return rows_of({projection_rows(), right_rows(), graph_making_rows()}); }

}  // namespace ringscope::named
