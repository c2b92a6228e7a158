#include "algorithms/stress_layout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <queue>
#include <utility>

#include "algorithms/disjoint_sets.h"
#include "algorithms/partition.h"
#include "base/error.h"
#include "base/random.h"

namespace ringscope {
namespace {

constexpr float kFar = std::numeric_limits<float>::infinity();
constexpr double kGap = 2;  // between components

struct Pair {
  Vertex a, b;
  float distance;
};

class Distances {
 public:
  Distances(const CsrGraph& graph, std::span<const float> radii) : graph_(graph), radii_(radii) {}

  // From `source` to every vertex; kFar: no way (Dijkstra).
  const std::vector<float>& from(Vertex source) {
    reached_.assign(graph_.vertex_count(), kFar);
    reached_[source] = 0;
    queue_.push({0, source});
    while (!queue_.empty()) {
      const auto [distance, at] = queue_.top();
      queue_.pop();
      if (distance > reached_[at]) continue;
      for (const Vertex next : graph_.neighbors(at)) {
        const float there = distance + 1 + radius(at) + radius(next);
        if (there >= reached_[next]) continue;
        reached_[next] = there;
        queue_.push({there, next});
      }
    }
    return reached_;
  }
  float radius(Vertex v) const { return radii_.empty() ? 0 : radii_[v]; }

 private:
  using Reached = std::pair<float, Vertex>;
  const CsrGraph& graph_;
  std::span<const float> radii_;
  std::vector<float> reached_;
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> queue_;
};

std::vector<Pair> pairs_of(std::span<const Vertex> members, Distances& distances) {
  std::vector<Pair> pairs;
  pairs.reserve(members.size() * (members.size() - 1) / 2);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::vector<float>& reached = distances.from(members[i]);
    for (std::size_t j = i + 1; j < members.size(); ++j) {
      pairs.push_back({static_cast<Vertex>(i), static_cast<Vertex>(j), reached[members[j]]});
    }
  }
  return pairs;
}

// Moves both ends of each pair towards its distance, by a share that falls from pass to pass.
void descend(std::vector<Pair>& pairs, int passes, Random& random, std::vector<Point>& points) {
  float least = kFar, most = 0;
  for (const Pair& pair : pairs) {
    least = std::min(least, pair.distance);
    most = std::max(most, pair.distance);
  }
  const double first = std::pow(static_cast<double>(most), 2), last = 0.01 * std::pow(static_cast<double>(least), 2);
  for (int pass = 0; pass < passes; ++pass) {
    const double step = first * std::pow(last / first, passes == 1 ? 0.0 : pass / (passes - 1.0));
    for (std::size_t i = pairs.size(); i > 1; --i) std::swap(pairs[i - 1], pairs[random.below(i)]);
    for (const Pair& pair : pairs) {
      Point& a = points[pair.a];
      Point& b = points[pair.b];
      const auto wanted = static_cast<double>(pair.distance);
      const double x = a.x - b.x, y = a.y - b.y;
      const double drawn = std::max(std::sqrt(x * x + y * y), 1e-9);
      const double move = std::min(1.0, step / (wanted * wanted)) * (drawn - wanted) / (2 * drawn);
      a.x -= move * x;
      a.y -= move * y;
      b.x += move * x;
      b.y += move * y;
    }
  }
}

struct Box {
  double left = 0, right = 0, top = 0, bottom = 0;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

// Of drawn vertices, their radii included.
Box box_of(std::span<const Vertex> members, std::span<const Point> points, const Distances& distances) {
  Box box{1e30, -1e30, 1e30, -1e30};
  for (const Vertex v : members) {
    const auto radius = static_cast<double>(distances.radius(v));
    box.left = std::min(box.left, points[v].x - radius);
    box.right = std::max(box.right, points[v].x + radius);
    box.top = std::min(box.top, points[v].y - radius);
    box.bottom = std::max(box.bottom, points[v].y + radius);
  }
  return box;
}

// Boxes in rows, in their order, in a frame a third wider than high; moves the vertices.
void pack(const std::vector<std::span<const Vertex>>& parts, const Distances& distances, std::vector<Point>& points) {
  std::vector<Box> boxes;
  double area = 0, widest = 0;
  for (const auto& part : parts) {
    const Box& box = boxes.emplace_back(box_of(part, points, distances));
    area += (box.width() + kGap) * (box.height() + kGap);
    widest = std::max(widest, box.width() + kGap);
  }
  const double frame = std::max(widest, std::sqrt(area * 4 / 3));
  double x = 0, y = 0, row = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Box& box = boxes[i];
    if (x > 0 && x + box.width() > frame) {
      x = 0;
      y += std::exchange(row, 0) + kGap;
    }
    for (const Vertex v : parts[i]) {
      points[v].x += x - box.left;
      points[v].y += y - box.top;
    }
    x += box.width() + kGap;
    row = std::max(row, box.height());
  }
}

void center(std::vector<Point>& points, const Distances& distances) {
  std::vector<Vertex> all(points.size());
  for (Vertex v = 0; v < all.size(); ++v) all[v] = v;
  const Box box = box_of(all, points, distances);
  for (Point& point : points) {
    point.x -= (box.left + box.right) / 2;
    point.y -= (box.top + box.bottom) / 2;
  }
}

PartitionMembers components_of(const CsrGraph& graph) {
  DisjointSets sets(graph.vertex_count());
  for (Vertex v = 0; v < graph.vertex_count(); ++v) {
    for (const Vertex other : graph.neighbors(v)) sets.join(v, other);
  }
  std::vector<Vertex> labels(graph.vertex_count());
  for (Vertex v = 0; v < labels.size(); ++v) labels[v] = sets.find(v);
  return members_of(canonical_partition(labels));
}

// Components of more than one vertex, the largest first, then all the single ones together.
std::vector<std::span<const Vertex>> parts_of(const PartitionMembers& components, std::vector<Vertex>& single) {
  std::vector<std::span<const Vertex>> parts;
  for (Vertex c = 0; c + 1 < components.offsets.size(); ++c) {
    const auto members = components.of(c);
    if (members.size() > 1) {
      parts.push_back(members);
    } else {
      single.push_back(members.front());
    }
  }
  std::ranges::stable_sort(parts, std::greater<>(), [](const auto& part) { return part.size(); });
  if (!single.empty()) parts.emplace_back(single);
  return parts;
}

// In rows and columns.
void lay_block(std::span<const Vertex> members, const Distances& distances, std::vector<Point>& points) {
  float most = 0;
  for (const Vertex v : members) most = std::max(most, distances.radius(v));
  const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(members.size()))));
  const double pitch = 1 + 2 * static_cast<double>(most);
  for (std::size_t i = 0; i < members.size(); ++i)
    points[members[i]] = {pitch * static_cast<double>(i % columns), pitch * static_cast<double>(i / columns)};
}

}  // namespace

std::vector<Point> stress_layout(const CsrGraph& graph, const StressLayoutOptions& options) {
  if (!options.radii.empty() && options.radii.size() != graph.vertex_count())
    throw Error(ErrorCode::usage, "a layout needs a radius for every vertex, or none");
  std::vector<Point> points(graph.vertex_count());
  if (points.empty()) return points;
  Distances distances(graph, options.radii);
  const PartitionMembers components = components_of(graph);
  std::vector<Vertex> single;
  const auto parts = parts_of(components, single);
  for (const auto& part : parts) {
    if (part.data() == single.data()) {
      lay_block(part, distances, points);
      continue;
    }
    Random random(options.seed, part.front());
    std::vector<Point> placed(part.size());
    for (Point& point : placed) point = {random.uniform(), random.uniform()};
    std::vector<Pair> pairs = pairs_of(part, distances);
    descend(pairs, options.passes, random, placed);
    for (std::size_t i = 0; i < part.size(); ++i) points[part[i]] = placed[i];
  }
  pack(parts, distances, points);
  center(points, distances);
  return points;
}

double mean_stress(const CsrGraph& graph, std::span<const Point> points, std::span<const float> radii) {
  Distances distances(graph, radii);
  double sum = 0, pairs = 0;
  for (Vertex a = 0; a < graph.vertex_count(); ++a) {
    const std::vector<float>& reached = distances.from(a);
    for (Vertex b = a + 1; b < graph.vertex_count(); ++b) {
      if (reached[b] == kFar) continue;
      const auto wanted = static_cast<double>(reached[b]);
      const double drawn = std::hypot(points[a].x - points[b].x, points[a].y - points[b].y);
      sum += std::pow((drawn - wanted) / wanted, 2);
      ++pairs;
    }
  }
  return pairs == 0 ? 0 : sum / pairs;
}

}  // namespace ringscope
