#include "algorithms/arrival_scan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numbers>
#include <optional>

#include "algorithms/coaction.h"
#include "algorithms/fdr.h"
#include "base/error.h"
#include "base/log_gamma.h"
#include "base/parallel.h"

namespace ringscope {
namespace {

constexpr std::size_t kRightsAtOnce = 4096;

double ln_choose(double n, double k) { return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1); }

void check(const BipartiteGraph& graph, std::span<const std::int64_t> arrivals, const ArrivalScanOptions& options) {
  if (arrivals.size() != graph.left_count()) throw Error(ErrorCode::usage, "must be one a left vertex", "arrivals");
  if (options.least < 2) throw Error(ErrorCode::usage, "must be two or more", "least");
  if (!(options.least_share > 0.5 && options.least_share <= 1))
    throw Error(ErrorCode::usage, "must be above a half and at most 1", "least_share");
  if (!(options.most_width > 0 && options.most_width <= 1))
    throw Error(ErrorCode::usage, "must be above 0 and at most 1", "most_width");
}

// All arrivals, ascending.
std::vector<std::int64_t> known(std::span<const std::int64_t> arrivals) {
  std::vector<std::int64_t> all;
  std::ranges::copy_if(arrivals, std::back_inserter(all), [](std::int64_t time) { return time != kNoArrival; });
  std::ranges::sort(all);
  return all;
}

class Scan {
 public:
  Scan(const BipartiteGraph& graph, std::span<const std::int64_t> arrivals, std::span<const std::int64_t> all,
       const ArrivalScanOptions& options)
      : graph_(graph), arrivals_(arrivals), all_(all), options_(options) {}

  // The best span of a right vertex; its p-value is 1 where there is none. Nothing: too few arrivals to look at.
  std::optional<ArrivalCluster> operator()(Vertex right) {
    times_.clear();
    const auto lefts = graph_.lefts_of(right);
    for (const Vertex left : lefts)
      if (arrivals_[left] != kNoArrival) times_.push_back(arrivals_[left]);
    const auto wanted = static_cast<std::size_t>(std::ceil(options_.least_share * static_cast<double>(lefts.size())));
    if (times_.size() < std::max<std::size_t>(wanted, options_.least)) return std::nullopt;
    std::ranges::sort(times_);
    const std::array<std::size_t, 3> sizes = sizes_of(wanted);
    const double tried = 1 + (sizes[1] != sizes[0] ? 1 : 0) + (sizes[2] != sizes[1] ? 1 : 0);
    ArrivalCluster best{.right = right};
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (i == 0 || sizes[i] != sizes[i - 1]) look(sizes[i], std::log(tried), best);
    }
    return best;
  }

 private:
  // Of all left vertices, of the fewest that will do, and half way.
  std::array<std::size_t, 3> sizes_of(std::size_t wanted) const {
    const std::size_t all = times_.size(), few = std::max<std::size_t>(wanted, options_.least);
    return {all, (all + few + 1) / 2, few};
  }

  // Of a size the narrowest span surprises most.
  void look(std::size_t size, double ln_tried, ArrivalCluster& best) const {
    const ArrivalSpan span = narrowest_span(times_, size, all_);
    if (span.width > options_.most_width) return;
    const auto k = static_cast<double>(times_.size()), m = static_cast<double>(size);
    const double ln_p = ln_tried + std::log(k) + ln_choose(k - 1, m - 1) + (m - 1) * std::log(span.width);
    const auto surprise = static_cast<float>(-ln_p / std::numbers::ln2);
    if (surprise > best.surprise) best = {best.right, span.first, span.last, static_cast<Vertex>(size), surprise};
  }

  const BipartiteGraph& graph_;
  std::span<const std::int64_t> arrivals_, all_;
  const ArrivalScanOptions& options_;
  std::vector<std::int64_t> times_;  // of the right vertex at work
};

struct Part {
  std::uint64_t tests = 0;
  std::vector<ArrivalCluster> found;
};

}  // namespace

ArrivalSpan narrowest_span(std::span<const std::int64_t> times, std::size_t size, std::span<const std::int64_t> all) {
  ArrivalSpan best{.width = 2};
  for (std::size_t i = 0; i + size <= times.size(); ++i) {
    const std::int64_t first = times[i], last = times[i + size - 1];
    const auto inside = std::ranges::upper_bound(all, last) - std::ranges::lower_bound(all, first);
    const double width = static_cast<double>(inside) / static_cast<double>(all.size());
    if (width < best.width) best = {first, last, width};
  }
  return best;
}

std::vector<ArrivalCluster> scan_arrivals(const BipartiteGraph& graph, std::span<const std::int64_t> arrivals,
                                          const ArrivalScanOptions& options) {
  check(graph, arrivals, options);
  const std::vector<std::int64_t> all = known(arrivals);
  const auto parts =
      parallel_map_chunks<Part>(graph.right_count(), kRightsAtOnce, options.threads, [&](const Chunk& chunk, unsigned) {
        Part part;
        Scan scan(graph, arrivals, all, options);
        for (std::size_t right = chunk.begin; right < chunk.end; ++right) {
          const std::optional<ArrivalCluster> cluster = scan(static_cast<Vertex>(right));
          part.tests += cluster ? 1 : 0;
          if (cluster && cluster->surprise > 0) part.found.push_back(*cluster);
        }
        return part;
      });
  std::uint64_t tests = 0;
  std::vector<ArrivalCluster> found;
  std::vector<CountedPValue> p_values;
  for (const Part& part : parts) {
    tests += part.tests;
    found.insert(found.end(), part.found.begin(), part.found.end());
  }
  p_values.reserve(found.size());
  for (const ArrivalCluster& cluster : found)
    p_values.push_back({std::exp2(-static_cast<double>(cluster.surprise)), 1});
  const std::optional<double> most_p = fdr_threshold(p_values, tests, {.alpha = options.alpha});
  std::erase_if(found, [&](const ArrivalCluster& cluster) {
    return !most_p || std::exp2(-static_cast<double>(cluster.surprise)) > *most_p;
  });
  return found;
}

}  // namespace ringscope
