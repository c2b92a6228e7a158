#include "algorithms/partition_match.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "algorithms/pairs_of.h"
#include "base/error.h"

namespace ringscope {
namespace {

std::vector<double> sizes_of(const Partition& partition) {
  std::vector<double> sizes(partition.community_count, 0);
  for (const Vertex community : partition.community_of) sizes[community] += 1;
  return sizes;
}

double entropy(const std::vector<double>& sizes, double n) {
  double sum = 0;
  for (const double size : sizes) sum -= size / n * std::log(size / n);
  return sum;
}

}  // namespace

PartitionMatch match(const Partition& truth, const Partition& found) {
  const std::size_t count = truth.community_of.size();
  if (found.community_of.size() != count) throw Error(ErrorCode::usage, "two partitions of different vertices");
  PartitionMatch result;
  if (count == 0) return result;
  std::vector<std::pair<Vertex, Vertex>> cells(count);
  for (std::size_t v = 0; v < count; ++v) cells[v] = {truth.community_of[v], found.community_of[v]};
  std::ranges::sort(cells);
  const std::vector<double> true_sizes = sizes_of(truth), found_sizes = sizes_of(found);
  const auto n = static_cast<double>(count);
  double joint_pairs = 0, information = 0, precision = 0, recall = 0;
  for (std::size_t begin = 0, end = 0; begin < count; begin = end) {
    while (end < count && cells[end] == cells[begin]) ++end;
    const auto both = static_cast<double>(end - begin);
    const double a = true_sizes[cells[begin].first], b = found_sizes[cells[begin].second];
    joint_pairs += pairs_of(both);
    information += both / n * std::log(both * n / (a * b));
    precision += both * both / b;
    recall += both * both / a;
  }
  result.b3_precision = precision / n;
  result.b3_recall = recall / n;
  double true_pairs = 0, found_pairs = 0;
  for (const double size : true_sizes) true_pairs += pairs_of(size);
  for (const double size : found_sizes) found_pairs += pairs_of(size);
  const double expected = count > 1 ? true_pairs * found_pairs / pairs_of(n) : 0;
  const double most = (true_pairs + found_pairs) / 2;
  if (most != expected) result.adjusted_rand = (joint_pairs - expected) / (most - expected);
  const double mean = (entropy(true_sizes, n) + entropy(found_sizes, n)) / 2;
  if (mean > 0) result.mutual_information = std::max(0.0, information / mean);
  return result;
}

}  // namespace ringscope
