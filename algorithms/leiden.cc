#include "algorithms/leiden.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "algorithms/components.h"
#include "algorithms/leiden_level.h"
#include "base/error.h"
#include "base/parallel.h"
#include "base/random.h"

namespace ringscope {
namespace {

// The partition has settled when a pass moves fewer than one vertex in so many.
constexpr std::size_t kSettled = 200;

// What every component needs to know of the whole graph.
struct Task {
  const CsrGraph& graph;
  const LeidenOptions& options;
  double density;
  PartitionMembers components;
  std::vector<Vertex> position;  // of a vertex within its component
};

double total_weight(const CsrGraph& graph) {
  double sum = 0;
  for (const float weight : graph.weights()) sum += static_cast<double>(weight);
  return sum;
}

double density_of(const CsrGraph& graph, const LeidenOptions& options) {
  if (options.objective == LeidenObjective::cpm) return options.resolution;
  const double total = total_weight(graph);
  return total > 0 ? options.resolution / total : 0;
}

// Puts the members of each component into the order of a breadth-first search from its smallest vertex: neighbours come
// to lie close together in memory.
void order_by_breadth(const CsrGraph& graph, PartitionMembers& components) {
  std::vector<char> seen(graph.vertex_count(), 0);
  for (std::size_t c = 0; c + 1 < components.offsets.size(); ++c) {
    const Vertex begin = components.offsets[c];
    Vertex tail = begin + 1;
    seen[components.members[begin]] = 1;
    for (Vertex head = begin; head < tail; ++head) {
      for (const Vertex u : graph.neighbors(components.members[head])) {
        if (seen[u] != 0) continue;
        seen[u] = 1;
        components.members[tail++] = u;
      }
    }
  }
}

Task prepare(const CsrGraph& graph, const LeidenOptions& options) {
  if (!options.vertex_weights.empty() && options.vertex_weights.size() != graph.vertex_count()) {
    throw Error(ErrorCode::usage, "leiden needs one vertex weight a vertex, or none");
  }
  if (!options.names.empty() && options.names.size() != graph.vertex_count()) {
    throw Error(ErrorCode::usage, "leiden needs one name a vertex, or none");
  }
  Task task{graph, options, density_of(graph, options),
            members_of(connected_components(graph, {.threads = options.threads})),
            std::vector<Vertex>(graph.vertex_count())};
  order_by_breadth(graph, task.components);
  for (std::size_t c = 0; c + 1 < task.components.offsets.size(); ++c) {
    const Vertex begin = task.components.offsets[c];
    for (Vertex i = begin; i < task.components.offsets[c + 1]; ++i) {
      task.position[task.components.members[i]] = i - begin;
    }
  }
  return task;
}

double size_of(const Task& task, Vertex v) {
  if (task.options.objective == LeidenObjective::modularity) {
    const auto weights = task.graph.neighbor_weights(v);
    return std::accumulate(weights.begin(), weights.end(), 0.0);
  }
  return task.options.vertex_weights.empty() ? 1.0 : static_cast<double>(task.options.vertex_weights[v]);
}

LeidenLevel level_of_component(const Task& task, std::span<const Vertex> members) {
  LeidenLevel level;
  level.offsets.reserve(members.size() + 1);
  level.offsets.push_back(0);
  for (const Vertex v : members) level.offsets.push_back(level.offsets.back() + task.graph.degree(v));
  level.sizes.reserve(members.size());
  level.targets.reserve(level.offsets.back());
  level.weights.reserve(level.offsets.back());
  for (const Vertex v : members) {
    level.sizes.push_back(size_of(task, v));
    for (const Vertex u : task.graph.neighbors(v)) level.targets.push_back(task.position[u]);
    const auto weights = task.graph.neighbor_weights(v);
    level.weights.insert(level.weights.end(), weights.begin(), weights.end());
  }
  return level;
}

// The community of each set, numbered below the number of sets.
std::vector<Vertex> communities_of_sets(const Partition& sets, std::span<const Vertex> community) {
  std::vector<Vertex> result(sets.community_count);
  for (std::size_t v = 0; v < community.size(); ++v) result[sets.community_of[v]] = community[v];
  return canonical_partition(result).community_of;
}

// Move, refine, aggregate, and again on the aggregate until no set merges. Returns how many moves were made.
std::size_t run_pass(LeidenSteps& steps, const LeidenLevel& base, std::vector<Vertex>& community, Random& random) {
  std::size_t moves = steps.move_vertices(base, community, random);
  LeidenLevel level;
  const LeidenLevel* current = &base;
  std::vector<Vertex> node_of(base.vertex_count());  // the current level's vertex that holds a vertex of the base
  std::iota(node_of.begin(), node_of.end(), Vertex{0});
  std::vector<Vertex> node_community = community;
  for (;;) {
    const Partition sets = steps.refine(*current, node_community, random);
    if (sets.community_count == current->vertex_count()) break;
    node_community = communities_of_sets(sets, node_community);
    level = steps.aggregate(*current, sets);
    current = &level;
    for (Vertex& node : node_of) node = sets.community_of[node];
    moves += steps.move_vertices(level, node_community, random);
  }
  // Here each community is one connected node, but for rounding in the refinement: hence the parts.
  const Partition parts = connected_parts(*current, node_community);
  for (std::size_t v = 0; v < community.size(); ++v) community[v] = parts.community_of[node_of[v]];
  return moves;
}

// Writes a label for each member: the smallest member of its community.
void cluster_component(const Task& task, std::span<const Vertex> members, LeidenSteps& steps,
                       std::span<Vertex> labels) {
  const LeidenLevel base = level_of_component(task, members);
  std::vector<Vertex> community(members.size());
  std::iota(community.begin(), community.end(), Vertex{0});
  const Vertex first = members.front();
  Random random(task.options.seed, task.options.names.empty() ? first : task.options.names[first]);
  for (int pass = 0; pass < task.options.max_passes; ++pass) {
    if (run_pass(steps, base, community, random) * kSettled < members.size()) break;
  }
  std::vector<Vertex> smallest(members.size(), task.graph.vertex_count());
  for (std::size_t i = 0; i < members.size(); ++i) {
    smallest[community[i]] = std::min(smallest[community[i]], members[i]);
  }
  for (std::size_t i = 0; i < members.size(); ++i) labels[members[i]] = smallest[community[i]];
}

// Components of two and more vertices, those with most vertices first.
std::vector<Vertex> largest_first(const PartitionMembers& components) {
  std::vector<Vertex> order;
  for (std::size_t c = 0; c + 1 < components.offsets.size(); ++c) {
    if (components.offsets[c + 1] - components.offsets[c] > 1) order.push_back(static_cast<Vertex>(c));
  }
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](Vertex c) { return components.of(c).size(); });
  return order;
}

}  // namespace

Partition leiden(const CsrGraph& graph, const LeidenOptions& options) {
  const Task task = prepare(graph, options);
  const std::vector<Vertex> order = largest_first(task.components);
  const unsigned threads = options.threads == 0 ? hardware_threads() : options.threads;
  std::vector<LeidenSteps> steps(threads, LeidenSteps(task.density));
  std::vector<Vertex> labels(graph.vertex_count());
  std::iota(labels.begin(), labels.end(), Vertex{0});
  parallel_chunks(order.size(), 1, threads, [&](const Chunk& chunk, unsigned worker) {
    cluster_component(task, task.components.of(order[chunk.begin]), steps[worker], labels);
  });
  return canonical_partition(labels);
}

}  // namespace ringscope
