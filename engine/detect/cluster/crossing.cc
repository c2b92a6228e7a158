#include "engine/detect/cluster/crossing.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

namespace ringscope {
namespace {

constexpr double kCrossing = 0.2;

// By part, for each of the others who ask a prompt of its members: in which part they are.
using Askers = std::vector<std::vector<double>>;

Askers count_askers(const BipartiteGraph& graph, std::span<const Vertex> prompts,
                    const std::vector<std::vector<Vertex>>& parts) {
  std::vector<std::pair<Vertex, std::size_t>> part_of;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    for (const Vertex account : parts[p]) part_of.emplace_back(account, p);
  }
  std::sort(part_of.begin(), part_of.end());
  Askers askers(parts.size(), std::vector<double>(parts.size(), 0));
  for (const Vertex prompt : prompts) {
    std::map<std::size_t, double> of;
    double all = 0;
    for (const Vertex user : graph.lefts_of(prompt)) {
      const auto at = std::lower_bound(part_of.begin(), part_of.end(), std::pair{user, std::size_t{0}});
      if (at == part_of.end() || at->first != user) continue;
      of[at->second] += 1;
      all += 1;
    }
    if (all < 2) continue;
    for (const auto& [a, of_a] : of) {
      for (const auto& [b, of_b] : of) askers[a][b] += of_a * (a == b ? of_b - 1 : of_b) / (all - 1);
    }
  }
  return askers;
}

double count_across(const Askers& askers, std::size_t part) {
  return std::accumulate(askers[part].begin(), askers[part].end(), 0.0) - askers[part][part];
}

}  // namespace

std::vector<std::vector<Vertex>> unite_crossing(const BipartiteGraph& graph, std::span<const Vertex> prompts,
                                                std::vector<std::vector<Vertex>> parts) {
  Askers askers = count_askers(graph, prompts, parts);
  for (std::size_t p = 0; p < parts.size();) {
    const double across = count_across(askers, p);
    if (across <= kCrossing * (across + askers[p][p])) {
      ++p;
      continue;
    }
    std::vector<double> others = askers[p];
    others[p] = 0;
    const auto with = static_cast<std::size_t>(std::ranges::max_element(others) - others.begin());
    const std::size_t kept = std::min(p, with), gone = std::max(p, with);
    std::vector<Vertex> both;
    std::ranges::merge(parts[kept], parts[gone], std::back_inserter(both));
    parts[kept] = std::move(both);
    for (std::size_t q = 0; q < parts.size(); ++q) askers[kept][q] += askers[gone][q];
    for (std::size_t q = 0; q < parts.size(); ++q) askers[q][kept] += askers[q][gone];
    const auto at = static_cast<std::ptrdiff_t>(gone);
    parts.erase(parts.begin() + at);
    askers.erase(askers.begin() + at);
    for (std::vector<double>& row : askers) row.erase(row.begin() + at);
    p = 0;  // whom it is united with may cross others now
  }
  return parts;
}

}  // namespace ringscope
