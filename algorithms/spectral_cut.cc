#include "algorithms/spectral_cut.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "algorithms/components.h"
#include "base/random.h"

namespace ringscope {
namespace {

std::vector<double> strengths(const CsrGraph& graph) {
  std::vector<double> strength(graph.vertex_count(), 0);
  for (Vertex v = 0; v < graph.vertex_count(); ++v) {
    for (const float weight : graph.neighbor_weights(v)) strength[v] += static_cast<double>(weight);
  }
  return strength;
}

// Makes x orthogonal to the first eigenvector, which is the root of the strengths, and of length 1.
void normalise(std::vector<double>& x, const std::vector<double>& root, double root_square) {
  double along = 0;
  for (std::size_t v = 0; v < x.size(); ++v) along += x[v] * root[v];
  double square = 0;
  for (std::size_t v = 0; v < x.size(); ++v) {
    x[v] -= along / root_square * root[v];
    square += x[v] * x[v];
  }
  const double length = std::sqrt(square);
  if (length > 0) {
    for (double& one : x) one /= length;
  }
}

// The second eigenvector of D^-1/2 W D^-1/2, by the powers of (1 + it) / 2, over the root of the strength.
std::vector<double> second_vector(const CsrGraph& graph, const std::vector<double>& strength,
                                  const SpectralCutOptions& options) {
  const Vertex n = graph.vertex_count();
  std::vector<double> root(n), x(n), next(n);
  for (Vertex v = 0; v < n; ++v) root[v] = std::sqrt(strength[v]);
  const double root_square = std::accumulate(strength.begin(), strength.end(), 0.0);
  Random random(options.seed);
  for (double& one : x) one = random.uniform() - 0.5;
  normalise(x, root, root_square);
  for (int i = 0; i < options.iterations; ++i) {
    for (Vertex v = 0; v < n; ++v) {
      double sum = 0;
      const auto neighbors = graph.neighbors(v);
      const auto weights = graph.neighbor_weights(v);
      for (std::size_t k = 0; k < neighbors.size(); ++k)
        sum += static_cast<double>(weights[k]) * x[neighbors[k]] / root[neighbors[k]];
      next[v] = 0.5 * (x[v] + sum / root[v]);
    }
    std::swap(x, next);
    normalise(x, root, root_square);
  }
  for (Vertex v = 0; v < n; ++v) x[v] /= root[v];
  return x;
}

// The cheapest cut along the vector: one side, ascending; empty when none is cheap enough.
std::vector<Vertex> cheapest_side(const CsrGraph& graph, const SpectralCutOptions& options) {
  const Vertex n = graph.vertex_count();
  const std::vector<double> strength = strengths(graph);
  const std::vector<double> x = second_vector(graph, strength, options);
  std::vector<Vertex> order(n);
  std::iota(order.begin(), order.end(), Vertex{0});
  std::ranges::sort(order, [&](Vertex a, Vertex b) { return x[a] != x[b] ? x[a] < x[b] : a < b; });
  const double all = std::accumulate(strength.begin(), strength.end(), 0.0);
  std::vector<char> inside(n, 0);
  double volume = 0, cut = 0, best = options.most_conductance;
  std::size_t best_count = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const Vertex v = order[i];
    const auto neighbors = graph.neighbors(v);
    const auto weights = graph.neighbor_weights(v);
    for (std::size_t k = 0; k < neighbors.size(); ++k)
      cut += inside[neighbors[k]] != 0 ? -static_cast<double>(weights[k]) : static_cast<double>(weights[k]);
    inside[v] = 1;
    volume += strength[v];
    if (i + 1 < options.least || n - i - 1 < options.least) continue;
    const double conductance = cut / std::min(volume, all - volume);
    if (conductance < best) {
      best = conductance;
      best_count = i + 1;
    }
  }
  std::vector<Vertex> side(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(best_count));
  std::ranges::sort(side);
  return side;
}

}  // namespace

Partition spectral_communities(const CsrGraph& graph, const SpectralCutOptions& options) {
  const Partition components = connected_components(graph, {.threads = 1});
  const PartitionMembers members = members_of(components);
  std::vector<std::vector<Vertex>> open;
  for (Vertex c = 0; c < components.community_count; ++c) open.emplace_back(members.of(c).begin(), members.of(c).end());
  std::vector<Vertex> label(graph.vertex_count());
  while (!open.empty()) {
    const std::vector<Vertex> piece = std::move(open.back());
    open.pop_back();
    std::vector<Vertex> side;
    const CsrArrays inner = induced_subgraph(graph, piece);
    if (piece.size() >= 2 * std::size_t{options.least}) side = cheapest_side(inner.view(), options);
    if (side.empty()) {
      for (const Vertex v : piece) label[v] = piece.front();
      continue;
    }
    std::vector<char> is_side(piece.size(), 0);
    for (const Vertex place : side) is_side[place] = 1;
    // Either side may be of several components, which are pieces of their own.
    for (const char which : {char{0}, char{1}}) {
      std::vector<Vertex> places;
      for (Vertex i = 0; i < piece.size(); ++i) {
        if (is_side[i] == which) places.push_back(i);
      }
      const Partition parts = connected_components(induced_subgraph(inner.view(), places).view(), {.threads = 1});
      std::vector<std::vector<Vertex>> pieces(parts.community_count);
      for (std::size_t i = 0; i < places.size(); ++i) pieces[parts.community_of[i]].push_back(piece[places[i]]);
      for (std::vector<Vertex>& part : pieces) open.push_back(std::move(part));
    }
  }
  return canonical_partition(label);
}

}  // namespace ringscope
