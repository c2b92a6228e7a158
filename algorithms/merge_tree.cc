#include "algorithms/merge_tree.h"

#include <algorithm>
#include <map>

#include "algorithms/disjoint_sets.h"

namespace ringscope {
namespace {

constexpr std::uint32_t kNone = MergeNode::kNone;

// Takes the edges of one strength after the other.
class TreeBuilder {
 public:
  explicit TreeBuilder(Vertex vertex_count)
      : sets_(vertex_count), node_of_(vertex_count, kNone), leaf_parent_(vertex_count, kNone), met_(vertex_count, 0) {}

  void add_level(std::span<const WeightedEdge> edges) {
    meet(edges);
    const auto first = static_cast<std::uint32_t>(tree_.nodes.size());
    for (const Vertex piece : pieces_) roots_.push_back(sets_.find(piece));
    std::ranges::sort(roots_);
    const auto repeated = std::ranges::unique(roots_);
    roots_.erase(repeated.begin(), repeated.end());
    for (std::size_t r = 0; r < roots_.size(); ++r) tree_.nodes.push_back({.strength = edges.front().weight});
    for (const Vertex piece : pieces_) hang(piece, first);
    for (std::size_t r = 0; r < roots_.size(); ++r) finish(first + static_cast<std::uint32_t>(r), roots_[r]);
    for (const WeightedEdge& edge : edges) ++tree_.nodes[node_of_[sets_.find(edge.u)]].edges;
    pieces_.clear();
    roots_.clear();
  }

  MergeTree finish() && {
    lay_out();
    return std::move(tree_);
  }

 private:
  // Joins the ends of the edges; pieces_ are the roots of the sets that these touch as they were before.
  void meet(std::span<const WeightedEdge> edges) {
    for (const WeightedEdge& edge : edges) {
      for (const Vertex root : {sets_.find(edge.u), sets_.find(edge.v)}) {
        if (met_[root] == 0) pieces_.push_back(root);
        met_[root] = 1;
      }
    }
    for (const Vertex piece : pieces_) met_[piece] = 0;
    for (const WeightedEdge& edge : edges) sets_.join(edge.u, edge.v);
  }

  void hang(Vertex piece, std::uint32_t first) {
    const auto place = std::ranges::lower_bound(roots_, sets_.find(piece)) - roots_.begin();
    const std::uint32_t number = first + static_cast<std::uint32_t>(place);
    MergeNode& node = tree_.nodes[number];
    ++node.pieces;
    const std::uint32_t child = node_of_[piece];
    if (child == kNone) {
      leaf_parent_[piece] = number;
      ++node.size;
      return;
    }
    MergeNode& below = tree_.nodes[child];
    below.parent = number;
    node.size += below.size;
    node.edges += below.edges;
    node.bridge = below.bridge;  // of an only piece; else finish() sets it
  }

  void finish(std::uint32_t number, Vertex root) {
    MergeNode& node = tree_.nodes[number];
    if (node.pieces > 1) node.bridge = node.strength;
    node_of_[root] = number;
  }

  // From the last nodes to the first: a parent's range is there before its children's.
  void lay_out() {
    std::vector<Vertex> next(tree_.nodes.size(), 0);
    Vertex end = 0;
    for (std::size_t i = tree_.nodes.size(); i-- > 0;) {
      MergeNode& node = tree_.nodes[i];
      Vertex& cursor = node.parent == kNone ? end : next[node.parent];
      node.begin = cursor;
      next[i] = cursor;
      cursor += node.size;
    }
    tree_.order.resize(leaf_parent_.size());
    for (Vertex v = 0; v < leaf_parent_.size(); ++v)
      tree_.order[leaf_parent_[v] == kNone ? end++ : next[leaf_parent_[v]]++] = v;
  }

  DisjointSets sets_;
  std::vector<std::uint32_t> node_of_;      // by root
  std::vector<std::uint32_t> leaf_parent_;  // by vertex: the node that it came into
  std::vector<char> met_;                   // by root, within a level
  std::vector<Vertex> pieces_, roots_;
  MergeTree tree_;
};

// Children of each node, by counting.
class Children {
 public:
  explicit Children(std::span<const MergeNode> nodes) : offsets_(nodes.size() + 1, 0), children_(nodes.size()) {
    for (const MergeNode& node : nodes) {
      if (node.parent != kNone) ++offsets_[node.parent + 1];
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) offsets_[i + 1] += offsets_[i];
    std::vector<std::uint32_t> next(offsets_.begin(), offsets_.end() - 1);
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].parent != kNone) children_[next[nodes[i].parent]++] = i;
    }
  }
  std::span<const std::uint32_t> of(std::size_t node) const {
    return std::span(children_).subspan(offsets_[node], offsets_[node + 1] - offsets_[node]);
  }

 private:
  std::vector<std::uint32_t> offsets_, children_;
};

// Calls visit(first node of a strength, the one after its last).
template <class Visit>
void for_levels(std::span<const MergeNode> nodes, const Visit& visit) {
  for (std::size_t begin = 0, end = 0; begin < nodes.size(); begin = end) {
    while (end < nodes.size() && nodes[end].strength == nodes[begin].strength) ++end;
    visit(begin, end);
  }
}

double square(double x) { return x * x; }

// The sizes of all components there are, as they change.
class Sizes {
 public:
  explicit Sizes(double linked) : linked_(linked) {}
  void add(const MergeNode& node) {
    ++count_[node.size];
    ++components_;
    vertices_ += node.size;
    edges_ += node.edges;
    squares_ += square(node.size);
  }
  void remove(const MergeNode& node) {
    const auto at = count_.find(node.size);
    if (--at->second == 0) count_.erase(at);
    --components_;
    vertices_ -= node.size;
    edges_ -= node.edges;
    squares_ -= square(node.size);
  }
  CutPoint point(float strength) const {
    CutPoint point{strength, components_, vertices_, edges_};
    auto at = count_.rbegin();
    point.largest = at->first;
    if (at->second > 1) {
      point.second = at->first;
    } else if (++at != count_.rend()) {
      point.second = at->first;
    }
    const double rest = linked_ - point.largest;
    const double singles = linked_ - static_cast<double>(vertices_);
    if (rest > 0) point.others = (squares_ - square(point.largest) + singles) / rest;
    return point;
  }

 private:
  double linked_;  // vertices with an edge of any strength
  std::map<Vertex, std::uint64_t> count_;
  std::uint64_t components_ = 0, vertices_ = 0, edges_ = 0;
  double squares_ = 0;  // whole, so exact below 2^53
};

}  // namespace

MergeTree build_merge_tree(Vertex vertex_count, std::span<const WeightedEdge> edges) {
  std::vector<WeightedEdge> sorted;
  sorted.reserve(edges.size());
  for (const WeightedEdge& edge : edges) {
    if (edge.u != edge.v) sorted.push_back(edge);
  }
  if (!std::ranges::is_sorted(sorted, std::greater<>(), &WeightedEdge::weight))
    std::ranges::sort(sorted, std::greater<>(), &WeightedEdge::weight);
  TreeBuilder builder(vertex_count);
  for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    while (end < sorted.size() && sorted[end].weight == sorted[begin].weight) ++end;
    builder.add_level(std::span(sorted).subspan(begin, end - begin));
  }
  return std::move(builder).finish();
}

std::vector<std::uint32_t> components_at(std::span<const MergeNode> nodes, float cut) {
  const auto end = std::ranges::partition_point(nodes, [&](const MergeNode& node) { return node.strength >= cut; });
  const auto count = static_cast<std::uint32_t>(end - nodes.begin());
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (nodes[i].parent >= count) found.push_back(i);
  }
  std::ranges::sort(found, [&](std::uint32_t a, std::uint32_t b) {
    return nodes[a].size != nodes[b].size ? nodes[a].size > nodes[b].size : nodes[a].begin < nodes[b].begin;
  });
  return found;
}

Partition partition_at(const MergeTree& tree, float cut) {
  std::vector<Vertex> labels(tree.order.size());
  for (Vertex v = 0; v < labels.size(); ++v) labels[v] = v;
  for (const std::uint32_t node : components_at(tree.nodes, cut)) {
    const auto members = tree.members(tree.nodes[node]);
    const Vertex smallest = *std::ranges::min_element(members);
    for (const Vertex v : members) labels[v] = smallest;
  }
  return canonical_partition(labels);
}

std::vector<CutPoint> merge_curve(std::span<const MergeNode> nodes) {
  const Children children(nodes);
  double linked = 0;
  for (const MergeNode& node : nodes) linked += node.parent == kNone ? node.size : 0.0;
  Sizes sizes(linked);
  std::vector<CutPoint> curve;
  for_levels(nodes, [&](std::size_t begin, std::size_t end) {
    bool met = false;
    for (std::size_t i = begin; i < end; ++i) {
      met = met || nodes[i].pieces > 1;
      for (const std::uint32_t child : children.of(i)) sizes.remove(nodes[child]);
      sizes.add(nodes[i]);
    }
    if (met) curve.push_back(sizes.point(nodes[begin].strength));
  });
  return curve;
}

const CutPoint* percolation_knee(std::span<const CutPoint> curve) {
  const auto at = std::ranges::max_element(curve, {}, &CutPoint::others);
  return at == curve.end() ? nullptr : &*at;
}

std::vector<Plateau> stable_plateaus(std::span<const MergeNode> nodes, Vertex least, std::size_t limit) {
  const Children children(nodes);
  std::vector<Plateau> plateaus;
  Plateau open;
  std::uint64_t components = 0;
  const auto close = [&](float strength) {
    open.weakest = strength;
    open.components = components;
    if (components > 0 && open.strongest > open.weakest) plateaus.push_back(open);
    open.strongest = strength;
  };
  for_levels(nodes, [&](std::size_t begin, std::size_t end) {
    std::uint64_t born = 0, merged = 0;
    for (std::size_t i = begin; i < end; ++i) {
      std::uint64_t large = 0;
      for (const std::uint32_t child : children.of(i)) large += nodes[child].size >= least ? 1 : 0;
      if (nodes[i].size >= least && large == 0) ++born;
      if (large > 1) merged += large - 1;
    }
    if (born + merged == 0) return;
    close(nodes[begin].strength);
    components += born - merged;
  });
  if (!nodes.empty()) close(nodes.back().strength);
  std::ranges::stable_sort(plateaus, std::greater<>(), [](const Plateau& p) { return p.strongest - p.weakest; });
  if (plateaus.size() > limit) plateaus.resize(limit);
  return plateaus;
}

}  // namespace ringscope
