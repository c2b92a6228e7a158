#include "algorithms/assignment.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <span>
#include <utility>

namespace ringscope {
namespace {

constexpr std::int64_t kFar = INT64_MAX;

// Left vertices are served one by one. Potentials cover every edge (left + right >= weight), exactly those in use;
// a vertex of positive potential that was served has a partner. So the matching is the heaviest of those served.
class Assigner {
 public:
  Assigner(std::uint32_t left_count, std::uint32_t right_count, std::vector<AssignmentEdge> edges)
      : edges_(std::move(edges)),
        starts_(left_count + 1, 0),
        left_(left_count, {0, kUnassigned}),
        right_(right_count, {0, kUnassigned}),
        distance_(right_count, kFar),
        from_(right_count, kUnassigned) {
    std::erase_if(edges_, [](const AssignmentEdge& edge) { return edge.weight <= 0; });
    std::sort(edges_.begin(), edges_.end());
    for (const AssignmentEdge& edge : edges_) ++starts_[edge.left + 1];
    for (std::size_t l = 0; l < left_count; ++l) starts_[l + 1] += starts_[l];
  }

  std::vector<std::uint32_t> run() {
    for (std::uint32_t l = 0; l < left_.size(); ++l) serve(l);
    std::vector<std::uint32_t> partners;
    partners.reserve(left_.size());
    for (const Side& side : left_) partners.push_back(side.partner);
    return partners;
  }

 private:
  struct Side {
    std::int64_t potential;
    std::uint32_t partner;
  };

  std::span<const AssignmentEdge> edges_of(std::uint32_t left) const {
    return {edges_.data() + starts_[left], starts_[left + 1] - starts_[left]};
  }

  // The search tree's left vertices with their distances, and the cheapest of them to leave alone.
  struct Search {
    std::vector<std::pair<std::uint32_t, std::int64_t>> lefts;
    std::vector<std::uint32_t> rights;  // reached
    std::uint32_t loser = kUnassigned;
    std::int64_t cost = kFar;
    std::priority_queue<std::pair<std::int64_t, std::uint32_t>, std::vector<std::pair<std::int64_t, std::uint32_t>>,
                        std::greater<>>
        open;
  };

  void visit(Search& search, std::uint32_t left, std::int64_t distance) {
    search.lefts.emplace_back(left, distance);
    if (distance + left_[left].potential < search.cost) {
      search.cost = distance + left_[left].potential;
      search.loser = left;
    }
    for (const AssignmentEdge& edge : edges_of(left)) {
      const std::int64_t reach = distance + left_[left].potential + right_[edge.right].potential - edge.weight;
      if (reach >= search.cost || reach >= distance_[edge.right]) continue;
      if (distance_[edge.right] == kFar) search.rights.push_back(edge.right);
      distance_[edge.right] = reach;
      from_[edge.right] = left;
      search.open.emplace(reach, edge.right);
    }
  }

  void serve(std::uint32_t left) {
    for (const AssignmentEdge& edge : edges_of(left))
      left_[left].potential = std::max(left_[left].potential, edge.weight - right_[edge.right].potential);
    Search search;
    visit(search, left, 0);
    std::uint32_t free = kUnassigned;
    while (free == kUnassigned && !search.open.empty()) {
      const auto [distance, right] = search.open.top();
      search.open.pop();
      if (distance >= search.cost) break;
      if (distance > distance_[right]) continue;  // reached more cheaply since
      if (right_[right].partner == kUnassigned) {
        free = right;
        search.cost = distance;
      } else {
        visit(search, right_[right].partner, distance);
      }
    }
    if (free == kUnassigned) free = std::exchange(left_[search.loser].partner, kUnassigned);
    settle(search);
    augment(left, free, search);
  }

  void settle(const Search& search) {
    for (const auto& [left, distance] : search.lefts)
      left_[left].potential -= std::max<std::int64_t>(search.cost - distance, 0);
    for (const std::uint32_t right : search.rights)
      right_[right].potential += std::max<std::int64_t>(search.cost - distance_[right], 0);
  }

  // Turns the edges on the way from `left` to `free`; nothing when `left` itself stays alone.
  void augment(std::uint32_t left, std::uint32_t free, const Search& search) {
    while (free != kUnassigned) {
      const std::uint32_t by = from_[free];
      right_[free].partner = by;
      const std::uint32_t next = std::exchange(left_[by].partner, free);
      if (by == left) break;
      free = next;
    }
    for (const std::uint32_t right : search.rights) distance_[right] = kFar;
  }

  std::vector<AssignmentEdge> edges_;
  std::vector<std::size_t> starts_;
  std::vector<Side> left_, right_;
  std::vector<std::int64_t> distance_;
  std::vector<std::uint32_t> from_;
};

}  // namespace

std::vector<std::uint32_t> assign(std::uint32_t left_count, std::uint32_t right_count,
                                  std::vector<AssignmentEdge> edges) {
  return Assigner(left_count, right_count, std::move(edges)).run();
}

}  // namespace ringscope
